"""The documents tell the truth: commands parse, examples load, numbers are the program's own."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from crawlers.importers.record import RAW_FIELDS, parse_item
from crawlers.items import Item
from models.prediction import RISK_CODES
from models.windows import HEAD, MIDDLE, TAIL, WINDOW
from monitor.cli import app
from monitor.config import load
from monitor.config_waking import unwoken
from monitor.domain.escalation import Sla
from monitor.domain.heat import AUTHORITY, attention, heat
from monitor.domain.incident import ACK_LEASE
from monitor.domain.mention import Counters
from monitor.domain.tier import Tier
from monitor.policy_file import DEFAULT, load_policy
from monitor.stations.take_in import full_text
from monitor.stories.file import load_stories
from monitor.stories.play import judge
from monitor.text.evidence import credibility_signs, floor_signs

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
NAMES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
# The dates of the examples; the importer refuses what lies in the future.
LATER = datetime(2026, 12, 1, tzinfo=UTC)
COMMANDS = typer.main.get_command(app)

FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def fences(name: str, *kinds: str) -> list[str]:
    return [body for kind, body in FENCE.findall(read(name)) if kind in kinds]


def typed_lines(name: str) -> Iterator[str]:
    """What a reader is told to type: lines of `sh`, lines after «$» of `console`."""
    for block in fences(name, "sh"):
        yield from (line.strip() for line in block.splitlines())
    for block in fences(name, "console"):
        found = (line.strip() for line in block.splitlines())
        yield from (line.removeprefix("$ ") for line in found if line.startswith("$ "))


def calls(line: str) -> list[list[str]]:
    """The arguments of every `fengsui` in a line of shell."""
    whole = re.sub(r"\$\([^)]*\)", "value", line)
    parts = re.split(r" *(?:\||&&|;|>) *", whole)
    words = (shlex.split(part, comments=True) for part in parts)
    return [one[1:] for one in words if one and one[0].rpartition("/")[2] == "fengsui"]


def command_of(words: list[str]) -> tuple[Any, list[str]]:
    """The command that these words name, and what is left for it; fails on an unknown name."""
    command: Any = COMMANDS
    rest = list(words)
    while hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        assert name in command.commands, f"there is no command «{' '.join(words)}»"
        command = command.commands[name]
    return command, rest


def options_of(command: Any) -> set[str]:
    return {name for one in command.params for name in one.opts} | {"--help", "-h"}


def spoken_calls(name: str) -> Iterator[list[str]]:
    """Commands named in running text or in shown output, which need not be whole."""
    text = read(name)
    shown = "\n".join(fences(name, "console", "text"))
    for span in [*SPAN.findall(FENCE.sub("", text)), *shown.splitlines()]:
        for found in re.findall(r"(?<![\w/.])(?<!-u )fengsui((?: +[a-z-][a-z-]*)+)", span):
            yield str(found).split()


@pytest.mark.parametrize("name", NAMES)
def test_every_command_a_document_tells_to_type_is_accepted_by_the_program(name: str) -> None:
    for line in typed_lines(name):
        for arguments in calls(line):
            command, rest = command_of(arguments)
            alone = getattr(command, "invoke_without_command", True) and bool(rest)
            assert alone or not hasattr(command, "commands"), f"«{line}» names a group only"
            command.make_context("fengsui", list(rest))


@pytest.mark.parametrize("name", NAMES)
def test_every_command_a_document_speaks_of_exists_with_its_options(name: str) -> None:
    for words in spoken_calls(name):
        command, rest = command_of(words)
        wanted = {word for word in rest if word.startswith("-") and word != "-"}
        assert wanted <= options_of(command), f"fengsui {' '.join(words)}"


def test_the_readme_lists_every_command_there_is() -> None:
    table = re.findall(r"^\| (`fengsui .*?) \|", read("README.md"), re.MULTILINE)
    named = set()
    for row in table:
        group = None
        for words in (span.split() for span in SPAN.findall(row)):
            if words[0] == "fengsui":
                group = words[1]
                sub = words[2:3] if hasattr(COMMANDS.commands[group], "commands") else []  # type: ignore[attr-defined] # a group
            else:
                sub = words
            named.add(" ".join([str(group), *sub]))

    assert named == set(every_command())


def every_command() -> Iterator[str]:
    for name, command in COMMANDS.commands.items():  # type: ignore[attr-defined] # the root is a group
        subs = getattr(command, "commands", None)
        yield from ([name] if subs is None else [f"{name} {sub}" for sub in subs])


@pytest.mark.parametrize("name", [*NAMES, "CHANGELOG.md"])
def test_make_targets_environment_variables_and_links_exist(name: str) -> None:
    text = read(name)
    makefile = read("Makefile")
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "monitor" / "cli").glob("*.py"))
    targets = re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)
    variables = set(re.findall(r"\bFENGSUI_[A-Z_]+", text))
    links = re.findall(r"\]\(([^)#:]+)\)", text)

    assert [one for one in targets if f"\n{one}:" not in makefile] == []
    assert [one for one in variables if f'"{one}"' not in sources] == []
    assert [one for one in links if not ((ROOT / name).parent / one).exists()] == []


def test_the_readmes_configuration_loads_as_it_stands(tmp_path: Path) -> None:
    text = textwrapped(fences("README.md", "yaml")[0])
    secrets = dict.fromkeys(re.findall(r"\$\{(\w+)\}", text), "a1" * 32)
    path = tmp_path / "fengsui.yaml"
    path.write_text(text.replace("/var/lib/fengsui", str(tmp_path / "data")), encoding="utf-8")

    settings = load(path, secrets)

    assert [person.id for person in settings.people] == ["zhang", "li"]
    assert unwoken(settings) == []
    assert set(secrets) == set(re.findall(r"\b([A-Z]+_[A-Z]+)=…", read("README.md")))


def textwrapped(block: str) -> str:
    """A fenced block without the indent of the list it stands in."""
    indent = min(len(line) - len(line.lstrip()) for line in block.splitlines() if line.strip())
    return "\n".join(line[indent:] for line in block.splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_yaml_and_json_examples_parse(name: str) -> None:
    for block in fences(name, "yaml"):
        assert yaml.safe_load(textwrapped(block))
    for block in fences(name, "json"):
        assert json.loads(block)


def examples(name: str) -> list[Item]:
    lines = [line for block in fences(name, "jsonl") for line in block.splitlines()]
    return [parse_item(json.loads(line), LATER) for line in lines]


def test_the_mention_examples_go_in_and_show_what_they_are_to_show() -> None:
    first, again, repost, rating, news = examples("docs/interchange.md")

    assert (first.platform, first.id) == (again.platform, again.id)
    assert again.views == 12_000
    assert again.observed_at is not None
    assert repost.parent_id == first.id
    assert repost.author_followers == 3_400
    assert repost.published_at == datetime(2026, 11, 22, 1, 12, tzinfo=UTC)
    assert (rating.id, rating.rating, rating.text) == ("3317", 5.0, "")
    assert news.raw == {"site": "清河日报网", "tags": ["健康"]}


def test_the_interchange_manual_names_every_field_of_a_mention() -> None:
    table = "".join(
        line for line in read("docs/interchange.md").splitlines() if line.startswith("| `")
    )
    named = set(re.findall(r"`(\w+)`", table))

    assert set(Item.__dataclass_fields__) <= named
    assert named >= RAW_FIELDS


def test_the_worked_example_of_the_detection_manual_comes_out_as_it_says() -> None:
    (item,) = examples("docs/detection.md")
    counters = Counters(item.views, item.likes, item.comments, item.reposts)
    text = read("docs/detection.md")
    terms, total, index = re.findall(r"关注量 = ([\d +]+) = (\d+)，热度 = (\d+)", text)[0]

    assert attention(counters) == int(total) == sum(map(int, terms.split("+")))
    assert round(heat([(counters, "social")])) == int(index)
    assert len(credibility_signs(full_text(item))) == 4
    assert "minor" in floor_signs(full_text(item))


def test_the_detection_manual_gives_the_shipped_policy_number_by_number() -> None:
    blocks = fences("docs/detection.md", "yaml")
    quoted = next(found for one in blocks if "heat_bands" in (found := yaml.safe_load(one)))
    shipped = yaml.safe_load(DEFAULT.read_text("utf-8"))
    shipped.pop("version")

    assert quoted == shipped


def test_the_matrix_of_the_detection_manual_is_the_policys() -> None:
    shipped = yaml.safe_load(DEFAULT.read_text("utf-8"))
    words = {tier.label: tier.key for tier in Tier}
    rows = re.findall(
        r"^\| (\w+) [^|]*\|((?: [无黄橙红]色? \|)+)$", read("docs/detection.md"), re.MULTILINE
    )

    assert {
        kind: [words[cell] for cell in cells.split(" | ")] for kind, cells in trimmed(rows)
    } == (shipped["matrix"])


def trimmed(rows: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    yield from ((kind, cells.strip(" |")) for kind, cells in rows)


def test_the_numbers_in_the_running_text_of_the_detection_manual_are_the_policys() -> None:
    text = read("docs/detection.md")
    policy = yaml.safe_load(DEFAULT.read_text("utf-8"))
    quiet = policy["quiet_hours"]

    for sentence in (
        f"最近 {policy['window_hours']} 小时",
        f"概率到 {policy['claim_score']}、",
        f"一小时至少 {policy['growth_minimum']} 条，且是前一小时的 {policy['growth']:g} 倍",
        f"负面占比不到 {policy['matrix_negative_share']:.0%} 时不作声",
        f"10 的 −{policy['surprise']:g} 次方",
        f"至少有 {policy['burst_claims']} 条提及在指控",
        f"夜里 {policy['night'][0]}:00 到 0{policy['night'][1]}:00",
        f"黄 {quiet['yellow']} 小时、橙 {quiet['orange']} 小时",
    ):
        assert sentence in text, sentence


def test_the_story_in_the_detection_manual_holds(tmp_path: Path) -> None:
    blocks = fences("docs/detection.md", "yaml")
    path = tmp_path / "story.yaml"
    path.write_text(next(one for one in blocks if one.startswith("故事")), "utf-8")

    for story in load_stories(path):
        assert all(one.holds for one in judge(load_policy(), story))


def test_the_weights_of_sources_are_those_of_the_formula() -> None:
    rows = re.findall(r"^\| `(\w+)` [^|]*\| ([\d.]+) \|$", read("docs/detection.md"), re.MULTILINE)

    assert {name: float(value) for name, value in rows} == AUTHORITY


def test_the_signs_of_credibility_are_read_from_their_own_examples() -> None:
    rows = re.findall(
        r"^\| ([^|]+) \| ((?:「[^」]+」)+) \|$", read("docs/detection.md"), re.MULTILINE
    )
    signs = {
        "日期或地点": "date_or_place",
        "后果": "consequence",
        "凭证": "document_or_photo",
        "科室或人名": "named_department_or_person",
    }

    assert {name for name, _ in rows} == signs.keys()
    for name, cells in rows:
        for example in re.findall(r"「([^」]+)」", cells):
            assert signs[name] in credibility_signs(example), example


def test_the_times_of_the_on_call_manual_are_the_defaults() -> None:
    text = read("docs/oncall.md")
    rows = re.findall(r"^\| (红色|橙色|黄色) \| (\d+) \| (\d+) (分钟|小时) \|", text, re.MULTILINE)
    units = {"分钟": "minutes", "小时": "hours"}
    sla = Sla()
    wanted = {
        "红色": (sla.red, ACK_LEASE[Tier.RED]),
        "橙色": (sla.orange, ACK_LEASE[Tier.ORANGE]),
        "黄色": (sla.yellow, ACK_LEASE[Tier.YELLOW]),
    }

    assert {
        name: (int(wait), timedelta(**{units[unit]: int(lease)}))
        for name, wait, lease, unit in rows
    } == wanted
    assert f"停 {sla.red_loop} 分钟再来一轮" in text


def test_the_model_manual_names_every_risk_and_says_how_much_of_a_long_text_is_read() -> None:
    text = read("docs/models.md")
    rows = re.findall(r"^\| `(\w+)` [^|]+\| [^|]+ \| [^|]+ \|$", text, re.MULTILINE)

    assert set(rows) == set(RISK_CODES)
    assert f"超过约 {WINDOW * (HEAD + MIDDLE + TAIL):,} 字" in text
    assert text.index("<!-- models:begin -->") < text.index("<!-- models:end -->")


def test_the_screenshot_is_there_and_light() -> None:
    assert 10_000 < (ROOT / "docs" / "report.png").stat().st_size < 250_000
