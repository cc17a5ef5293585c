"""`init --from` and `--template`: a configuration out of a workbook; nothing is overwritten."""

from __future__ import annotations

from io import BytesIO
from itertools import count
from pathlib import Path

from monitor.cli.context import Refusal, console, errors
from monitor.cli.writing import write_new
from monitor.setup.blueprint import Blueprint

ENV_FILE = "fengsui.env"
NEXT = """\
接下来（一步步来，每步都会说哪里不对）：
  1. 把 {env} 里等号后面填上，再运行：set -a; . ./{env}; set +a
  2. fengsui check           核对配置，列出还缺什么
  3. fengsui sources check   每个来源读一遍试试，只看不存
  4. fengsui alerts test     给每个渠道发一条标明【测试】的消息
  5. fengsui run             开始运行{trial}
手册：docs/first-week.md"""


def write_template(file: Path) -> None:
    """Write the empty workbook."""
    from monitor.setup.form_template import write_template as written

    if file.suffix.lower() != ".xlsx":
        raise Refusal(f"{file} 的名字要以 .xlsx 结尾，如 开通表.xlsx")
    content = BytesIO()
    written(content)
    write_new(file, content.getvalue())
    console.print(f"已写好 {file}。填好以后运行：fengsui init --from {file}", markup=False)


def from_workbook(workbook: Path, target: Path) -> None:
    """Write the configuration that a workbook describes, or say everything wrong with it."""
    from crawlers.importers.rows import UnreadableError
    from monitor.setup.assemble import assemble
    from monitor.setup.form_file import read_form

    if not workbook.is_file():
        raise Refusal(f"找不到 {workbook}；先用 fengsui init --template {workbook} 写一份空表")
    try:
        filled, problems = read_form(workbook)
    except UnreadableError as error:
        raise Refusal(f"{workbook}：{error}") from error
    blueprint = assemble(filled)
    blueprint.problems[:0] = problems
    write(blueprint, target, f"开通表 {workbook.name} ")


def write(blueprint: Blueprint, target: Path, origin: str) -> None:
    """Write the checked configuration and its list of secrets beside what is there already."""
    from monitor.setup.verdict import faults

    found = faults(blueprint, target.absolute().parent)
    if found:
        raise Refusal("\n".join([*found, f"共 {len(found)} 处；改好再运行一次，什么也没有写入"]))
    place = _free(target)
    from monitor.setup.render import to_yaml

    write_new(place, to_yaml(blueprint.tree, origin).encode())
    _prove(place)
    console.print(f"已写好 {place}。", style="green", markup=False)
    env = _write_secrets(blueprint, target)
    if place != target:
        _compare(target, place)
    trial = "（试运行：消息只发给一人）" if "trial" in blueprint.tree else ""
    console.print(NEXT.format(env=env, trial=trial), markup=False, soft_wrap=True)


def _free(target: Path) -> Path:
    """The file itself, or the first free name beside it."""
    names = (target.with_stem(f"{target.stem}-新{n if n > 1 else ''}") for n in count(1))
    return target if not target.exists() else next(one for one in names if not one.exists())


def _prove(file: Path) -> None:
    """Read back what was written, as the program will."""
    from monitor.config import ConfigError, load

    try:
        load(file, {}, outward=False)
    except ConfigError as error:
        raise Refusal(f"写出的配置自己通不过检查，请把这段话报给开发者：\n{error}") from error


def _write_secrets(blueprint: Blueprint, target: Path) -> str:
    """Write the list of variables, or say which ones an existing list lacks."""
    from monitor.setup.render import to_env

    file = target.with_name(ENV_FILE)
    if not file.exists():
        write_new(file, to_env(blueprint.variables).encode())
        console.print(f"已写好 {file}：要填的密钥 {_open(blueprint)} 个。", markup=False)
        return file.name
    there = {line.partition("=")[0].strip() for line in file.read_text("utf-8").splitlines()}
    missing = [name for name in blueprint.variables if name not in there]
    said = f"还缺 {'、'.join(missing)}，请自己加上" if missing else "里面该有的都有"
    console.print(f"{file} 已经存在，没有改动它；{said}。", markup=False, soft_wrap=True)
    return file.name


def _open(blueprint: Blueprint) -> int:
    return sum(not value for _, value in blueprint.variables.values())


def _compare(old: Path, new: Path) -> None:
    from monitor.config_yaml import YamlError, read_yaml
    from monitor.setup.compare import differences

    try:
        before = read_yaml(old.read_text("utf-8")).tree
    except (YamlError, UnicodeDecodeError):
        errors.print(f"{old} 读不了，没有比较。", markup=False)
        return
    after = read_yaml(new.read_text("utf-8")).tree
    lines = differences(before, after) or ["内容和现有的一样"]
    console.print(f"{old} 没有改动。新文件和它的差别：", markup=False)
    for line in lines:
        console.print(f"  {line}", markup=False, soft_wrap=True)
    console.print(f"要换用新的：mv {new} {old}", markup=False)
