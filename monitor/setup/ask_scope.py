"""Asks what is watched: brands, words and sources; and makes rows of the form of the answers."""

from __future__ import annotations

from crawlers.connectors.base import About
from crawlers.connectors.registry import ABOUT
from monitor.setup import form, proposals
from monitor.setup.answers import (
    NONE,
    Answers,
    Asking,
    Filled,
    Question,
    anything,
    chosen,
    counted,
    listed,
    needed,
    some_of,
    yes_or_no,
)
from monitor.setup.blueprint import words

# What most hospitals can have at once; the others stand behind them in the list.
_FIRST_SOURCES = ("feed", "baidu_search", "zhihu_search", "zhihu_web", "wechat_account")
# Kinds that need a place on this machine to be thought of first; docs/sources.md shows how.
_NOT_ASKED = frozenset({"calls_folder", "calls_hook"})


def ask_brands(answers: Answers) -> Asking:
    """Ask for the brands, their nicknames and their lookalikes."""
    for n in counted(answers, "brand"):
        which = "要看的医院或品牌" if n == 1 else f"第 {n} 个品牌"
        yield Question(f"brand{n}.name", f"{which}，全称叫什么？", "如：清河互联网医院", "", needed)
        name = answers.get(f"brand{n}.name", "")
        yield Question(
            f"brand{n}.aliases",
            "网上的人还会怎么叫它？（简称、外号、曾用名，用顿号隔开）",
            "中括号里是按名字猜的，不对的请去掉：别家也叫这个名字的，会混进别家的事。",
            "、".join(proposals.nicknames(name)) or NONE,
            anything,
        )
        near = words(answers.get(f"brand{n}.aliases", "").replace(NONE, ""))
        yield Question(
            f"brand{n}.exclude",
            "有没有看着像、其实不是它的词？",
            "如路名、车站、小区：出现它们时不算提到你们。",
            "、".join(proposals.lookalikes([name, *near])) or NONE,
            anything,
        )
        yield Question(
            f"brand{n}.more",
            "还要看别的品牌吗？",
            "一家医院有几个院区、几个名字，写在别名里就行。",
            "n",
            yes_or_no,
        )


def brand_rows(answers: Answers) -> Filled:
    """The brands of the answers."""
    for n in counted(answers, "brand"):
        name = answers.get(f"brand{n}.name")
        if name:
            aliases = answers.get(f"brand{n}.aliases", "")
            exclude = answers.get(f"brand{n}.exclude", "")
            yield form.BRANDS, {"全称": name, "别名": aliases, "排除词": exclude}


def ask_watch() -> Asking:
    """Ask for the words to watch for."""
    titles = [f"{name}：{rule}" for name, rule in proposals.WATCH]
    every = ",".join(str(number) for number in range(1, len(titles) + 1))
    text = f"下面这些事要特别留意哪些？（写号，用逗号隔开）\n{listed(titles)}"
    hint = "负面的提及里出现这些词，至少是黄色；以后可以在 fengsui.yaml 的 watch 里改。"
    yield Question("watch", text, hint, every, some_of(len(titles)))
    yield Question(
        "watch.own",
        "还有自己特别怕出现的词吗？",
        "如：清河医院误诊；用顿号隔开。出现其中一个就算。",
        NONE,
        anything,
    )


def watch_rows(answers: Answers) -> Filled:
    """The watch rules of the answers."""
    titles = [name for name, _ in proposals.WATCH]
    rules = dict(proposals.WATCH)
    for name in chosen(answers.get("watch", ""), titles):
        yield form.WATCH, {"名称": name, "规则": rules[name]}
    own = words(answers.get("watch.own", "").replace(NONE, ""))
    if own:
        yield form.WATCH, {"名称": "自己的词", "规则": " OR ".join(f'"{one}"' for one in own)}


def offered() -> list[str]:
    """The kinds of source in the order of the list: what most can have at once, then by grade."""
    kinds = set(form.SOURCE_KINDS.values()) - _NOT_ASKED
    rest = sorted(kinds - set(_FIRST_SOURCES), key=lambda kind: (ABOUT[kind].grade, kind))
    return [one for one in _FIRST_SOURCES if one in kinds] + rest


def _has_url(about: About) -> bool:
    """Whether the configuration must say where it is asked; who is told instead has no address."""
    return not (about.address or about.waits)


def _needs(about: About) -> str:
    parts = ["网址"] if _has_url(about) else []
    parts += ["密钥"] if about.needs else []
    parts += [name for name, option in about.options.items() if option.required]
    return f"（要 {'、'.join(parts)}）" if parts else "（什么也不要）"


def ask_sources(answers: Answers) -> Asking:
    """Ask for the sources, and what each of them must know."""
    kinds = offered()
    titles = [f"{ABOUT[kind].title}{_needs(ABOUT[kind])}" for kind in kinds]
    yield Question(
        "sources",
        f"从哪里看？（写号，用逗号隔开；密钥以后填，不在这里问）\n{listed(titles)}",
        "各能看到什么，见 docs/sources.md。小红书、黑猫投诉等用 fengsui ingest 导入文件。",
        NONE,
        some_of(len(kinds)),
    )
    for kind in chosen(answers.get("sources", ""), kinds):
        about = ABOUT[kind]
        if _has_url(about):
            hint = f"{about.gives}。写完整地址，如 https://news.example.cn/feed.xml"
            yield Question(f"source.{kind}.url", f"「{about.title}」的网址？", hint, "", needed)
        for name, option in about.options.items():
            if option.required:
                text = f"「{about.title}」的 {name}？"
                yield Question(f"source.{kind}.{name}", text, option.hint, "", needed)


def source_rows(answers: Answers) -> Filled:
    """The sources of the answers that are whole."""
    for kind in chosen(answers.get("sources", ""), offered()):
        about = ABOUT[kind]
        asked = [name for name, option in about.options.items() if option.required]
        keys = (["url"] if _has_url(about) else []) + asked
        if all(f"source.{kind}.{key}" in answers for key in keys):
            options = "；".join(f"{name}={answers[f'source.{kind}.{name}']}" for name in asked)
            url = answers.get(f"source.{kind}.url", "")
            yield form.SOURCES, {"种类": about.title, "网址": url, "选项": options}
