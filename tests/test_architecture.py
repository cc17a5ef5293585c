"""What no single module can promise: purity, names, locks and documents."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("crawlers", "monitor", "models", "alerts")


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_domain_imports_without_any_third_party_package() -> None:
    modules = [path.stem for path in (ROOT / "monitor" / "domain").glob("*.py")]
    names = ", ".join(f"monitor.domain.{name}" for name in modules if name != "__init__")
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import {names}"

    assert run_python("-I", "-S", "-c", code).stderr == ""


def test_the_command_line_loads_neither_torch_nor_scrapy_nor_apprise() -> None:
    code = "import sys, monitor.cli; print({*sys.modules} & {*sys.argv[1:]})"

    heavy = ("torch", "transformers", "scrapy", "apprise")

    assert run_python("-c", code, *heavy).stdout.strip() == "set()"


@pytest.mark.parametrize("name", OURS)
def test_no_other_distribution_claims_our_package_names(name: str) -> None:
    assert set(packages_distributions().get(name, [])) <= {"fengsui"}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_pin_everything_and_name_no_index_and_no_path(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^ \\\n]+)( \\)?$", text, re.MULTILINE)

    assert len(pins) > 10
    assert re.search(r"https?://|file:|--index-url|--find-links|--extra-index|/opt/", text) is None
    assert all(hashed or name == "torch" for name, _, hashed in pins)
    assert {version for name, version, _ in pins if name == "torch"} <= {"2.13.0"}
    assert re.search(r"^[a-z][^=\n]*(?:>=|~=| @ )", text, re.MULTILINE) is None


def test_torch_is_locked_without_a_local_suffix() -> None:
    assert "\ntorch==2.13.0\n" in (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_no_ignore_file_hides_the_models_package() -> None:
    for path in ROOT.glob(".*ignore"):
        assert "models" not in path.read_text(encoding="utf-8")


def test_weights_stay_within_their_limit_and_are_no_pickles() -> None:
    files = [path for path in (ROOT / "models" / "weights").iterdir() if path.is_file()]

    assert sum(path.stat().st_size for path in files) <= 45 * 1024 * 1024
    assert {path.suffix for path in files} <= {".safetensors", ".json", ".md"}


def test_no_script_hides_one_of_our_packages_from_its_neighbours() -> None:
    """`python benchmarks/x.py` looks for `import models` in benchmarks first."""
    scripts = [path for folder in ("benchmarks", "scripts") for path in (ROOT / folder).iterdir()]

    assert [one.name for one in scripts if one.stem in OURS] == []


def test_every_source_file_stays_under_three_hundred_lines() -> None:
    long = [
        path.relative_to(ROOT).as_posix()
        for name in OURS
        for path in (ROOT / name).rglob("*.py")
        if path.parent.name != "versions"  # migrations are generated and then only read
        and len(path.read_text(encoding="utf-8").splitlines()) > 300
    ]
    assert long == []


@pytest.mark.parametrize("document", sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]))
def test_documents_name_files_that_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"`((?:crawlers|monitor|models|alerts|tests|docs|scripts)/[\w./-]+)`", text)

    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_makefile_has_the_commands_the_readme_names() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    for target in set(re.findall(r"`make ([a-z-]+)", readme)):
        assert f"\n{target}:" in makefile


def test_who_may_import_whom_is_kept() -> None:
    done = run_python("-c", "from importlinter.cli import lint_imports_command as run; run()")

    assert done.returncode == 0, done.stdout


def test_the_wheel_takes_the_four_packages_and_their_data_and_nothing_else(tmp_path: Path) -> None:
    done = run_python("-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path))
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = wheel.namelist()

    tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert tops == set(OURS)
    for needed in (
        "monitor/policy.yaml",
        "monitor/example.yaml",
        "monitor/playbooks/red.yaml",
        "monitor/demo/story.yaml",
        "monitor/store/migrations/versions/0001_create_all_tables.py",
        "models/weights/model.safetensors",
    ):
        assert needed in names
