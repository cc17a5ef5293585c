"""`fengsui model`: what the model is, how well it reads labelled texts, and another trained."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from monitor import files
from monitor.cli import show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    Refusal,
    errors,
    fail,
    opened,
    print_json,
)
from monitor.cli.writing import refusing
from monitor.text.clean import clean

if TYPE_CHECKING:
    from models.evaluation import Both

ModelOption = Annotated[
    Path | None,
    typer.Option("--model", metavar="文件夹", help="哪个模型；不写就是自带的", show_default=False),
]
LIMIT = 2000  # texts a set: half a minute each on two cores, and figures steady to a point


class Split(StrEnum):
    """The parts of our sets that were not trained on."""

    DEV = "dev"
    TEST = "test"


class Device(StrEnum):
    """Where to train."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


def register(app: typer.Typer) -> None:
    """Add `model info|eval|train`."""
    group = typer.Typer(help="模型：看说明、量指标、用自己的数据再训练", no_args_is_help=True)
    group.command("info")(info)
    group.command("eval")(evaluate)
    group.command("train")(train)
    app.add_typer(group, name="model")


def info(*, model: ModelOption = None, as_json: JsonOption = False) -> None:
    """模型的说明卡：网络、标签、阈值、指标、许可，不能拿它做什么。"""
    from models.card import read_card
    from monitor.cli import model_page

    with _refused():
        card = read_card(model)
    if as_json:
        print_json(model_page.card_document(card))
    else:
        model_page.show_card(card)


def evaluate(
    *,
    data: Annotated[
        Path,
        typer.Option(
            "--data",
            metavar="路径",
            help="放标注数据的文件夹，或一个自己的 JSON Lines 文件（可以是 .gz）",
            show_default=False,
        ),
    ],
    model: ModelOption = None,
    split: Annotated[
        Split, typer.Option("--split", help="训练数据的哪一份；自己的文件总是全用")
    ] = Split.TEST,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, help="每组最多几条，均匀地抽")
    ] = LIMIT,
    as_json: Annotated[
        str | None,
        typer.Option(
            "--json", metavar="文件|-", help="把全部指标写成 JSON；写 - 就输出到屏幕，不画表"
        ),
    ] = None,
) -> None:
    """在标注好的文字上量模型，原样量一遍，去掉表情再量一遍。

    准确率、宏 F1、每一类的查准和查全、校准误差；标了风险的还有每项风险和说法。
    自己的文件一行一条：{"text": "护士很耐心", "polarity": "positive"}，可以再写 risk 和 stance。
    """
    from models.evaluation import measure
    from models.labelled import read_sets
    from monitor import bootstrap
    from monitor.cli import model_page

    target = None if as_json in (None, "-") else Path(as_json or "")
    if target is not None and not target.parent.is_dir():
        raise Refusal(f"没有文件夹 {target.parent}：请先建好，或换一个地方")
    with _refused():
        sets = read_sets(data, split, clean)
        classifier = bootstrap.shipped_classifier(model)
        with _bar(len(sets)) as done:
            found = measure(classifier, sets, limit, done)
    document = _document(found, classifier.name, data, split, limit)
    if as_json == "-":
        print_json(document)
        return
    model_page.show_figures(found, classifier.name)
    if target is not None:
        told = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
        with refusing(target):
            files.put(target, told.encode(), private=False)
        show.say(f"✓ 全部指标写在 {target}", style="green")


def _document(
    found: dict[str, Both], name: str, data: Path, split: str, limit: int
) -> dict[str, Any]:
    sets = {one: asdict(both) for one, both in found.items()}
    return {"model": name, "data": str(data), "split": split, "limit": limit, "sets": sets}


def train(
    *,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="文件夹", help="新模型放这里", show_default=False),
    ],
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="文件夹", help="标注数据的文件夹", show_default=False),
    ] = None,
    base: Annotated[
        Path | None,
        typer.Option("--base", metavar="文件夹", help="从哪里练起", show_default=False),
    ] = None,
    work: Annotated[
        Path | None,
        typer.Option("--work", metavar="文件夹", help="中断时的存档", show_default=False),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="数", min=0, help="随机种子")
    ] = None,
    epochs: Annotated[
        int | None, typer.Option("--epochs", metavar="数", min=1, help="最多几轮")
    ] = None,
    batch: Annotated[
        int | None, typer.Option("--batch", metavar="数", min=1, help="一批几条")
    ] = None,
    scale: Annotated[
        float | None,
        typer.Option("--scale", metavar="数", min=0.001, max=1.0, help="只练这个比例"),
    ] = None,
    device: Annotated[
        Device, typer.Option("--device", metavar="设备", help="cpu、cuda、auto")
    ] = Device.AUTO,
    version: Annotated[
        str | None, typer.Option("--version", metavar="文字", help="新模型的版本")
    ] = None,
    corrections: Annotated[
        bool | None,
        typer.Option("--corrections/--no-corrections", help="带不带团队的更正", show_default=False),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """用标注数据和团队的更正训练一个新模型。

    不写 --data：自带的模型带着团队的更正再学一遍，校准不变，只要几分钟。
    只写 --data：自带的模型用全部数据再练几轮，新旧权重混合，校准重新定。
    写了 --data 和 --base（编码器）：从头训练。
    种子固定；几轮没有长进就停；中断后再运行同一条命令，会接着练。
    练好才写进 --out（不覆盖已有的），正在用的模型不动。
    团队的更正从配置的数据库里读；没有配置就不带。
    """
    with _refused():
        rows = _corrections(config, corrections)
        from models.training.order import SHIPPED, Order, run

        wishes = {"seed": seed, "epochs": epochs, "batch": batch, "scale": scale, "device": device}
        home = work or out.with_name(f"{out.name}.work")
        order = Order(data, base or SHIPPED, out, home, wishes, rows, version)
        try:
            settings = run(order, _begun)
        except KeyboardInterrupt:
            fail("已中断，练过的都存着：再运行同一条命令会接着练", code=1)
    _trained(settings.full_name, data, out)


def _corrections(config: Path, wanted: bool | None) -> list[dict[str, Any]]:
    """The team's corrections; none, with a word about it, where there is no configuration."""
    if wanted is False:
        return []
    if wanted is None and not config.is_file():
        show.say(f"没有配置 {config}，这次不带团队的更正；要带上，请用 -c 指出配置文件")
        return []
    from monitor.store import labels

    with opened(config) as app, app.database.reading() as session:
        found = labels.corrections(session)
    show.say(f"带上团队的更正 {len(found)} 条")
    return [
        {
            "text": one.text,
            "polarity": one.polarity,
            "risk": None if one.risk is None else list(one.risk),
            "stance": one.stance,
        }
        for one in found
    ]


def _begun(version: str, resumed: bool) -> None:
    show.say(f"接着上次中断的地方练，版本 {version}" if resumed else f"开始训练，版本 {version}")


def _trained(name: str, data: Path | None, out: Path) -> None:
    path = json.dumps(str(out.resolve()), ensure_ascii=False)
    show.say(f"✓ 新模型 {name} 在 {out}", style="green")
    show.say("先量一量：")
    show.say(f"  fengsui model eval --model {out} --data {data or '标注数据的文件夹或文件'}")
    show.say("再换上它，在 fengsui.yaml 里写：")
    show.say(f"  model:\n    path: {path}")
    show.say("然后 fengsui check，再给守护进程发 SIGHUP 或重启它。")
    show.say("已经作出的判定、事件和消息都不会变；新来的用新模型读，最近的空闲时重读。")


@contextmanager
def _refused() -> Iterator[None]:
    """Turn what a model or labelled data cannot do into a refusal."""
    from models.labelled import DataError
    from models.labels import ModelError
    from monitor.bootstrap import StartError

    try:
        yield
    except (DataError, ModelError, StartError) as error:
        raise Refusal(str(error)) from error


@contextmanager
def _bar(total: int) -> Iterator[Callable[[str], None]]:
    """A bar on standard error that moves on with every set."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("评测", total=total)
        yield lambda name: bar.update(task, advance=1, description=f"评测 {show.line(name, 20)}")
