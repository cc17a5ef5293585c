"""The set-up dialogue: one question at a time, checked at once, back, quit, resume, one writing."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import cli_world
import pytest
from cli_world import Answer, World

from monitor.cli import setup_wizard
from monitor.config import load, warnings
from monitor.setup.ask_scope import offered
from monitor.setup.dialogue import Dialogue, QuitError
from monitor.setup.form import SOURCES
from monitor.setup.proposals import lookalikes, nicknames
from monitor.setup.questions import rows

TODAY = date(2026, 11, 29)  # a Sunday
WHOLE = (
    "清河互联网医院", "", "", "",  # brand: default nicknames and lookalikes, no other brand
    "1,2", "清河医院误诊",  # words
    "1,3", "https://news.example.cn/feed.xml",  # a feed, and 知乎
    "1", "2",  # groups: 企业微信 for events, 钉钉 for trouble
    "smtp.example.cn", "fengsui@example.cn",
    "张某", "1,2,4", "zhang@example.cn", "13800000000", "zhang", "y",
    "李某", "1,3,5", "li@example.cn", "-", "-", "n",
    "", "", "", "张某、李某", "",  # rota, weekly, from Monday, backup, trial
)  # fmt: skip
ENV = {"WECOM_KEY": "a1" * 16, "DINGTALK_SECRET": "SEC1", "DINGTALK_TOKEN": "b2" * 16}
ENV |= {"MAIL_PASSWORD": "pw", "ZHIHU_ACCESS_SECRET": "s", "ZHANG_MOU_MOBILE": "13800000000"}


def told(dialogue: Dialogue, *lines: str) -> list[str]:
    return [dialogue.take(line) for line in lines]


@pytest.fixture
def house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    house = cli_world.build(tmp_path, monkeypatch, capsys)
    house.config.unlink()
    monkeypatch.chdir(tmp_path)
    return house


def typed(house: World, lines: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> Answer:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    return house.run("init", "--wizard")


def test_a_whole_dialogue_writes_a_configuration_that_lacks_only_a_watchdog(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = typed(house, [*WHOLE, "y"], monkeypatch)

    assert answer.code == 0, answer.out + answer.err
    settings = load(house.config, ENV)
    assert [one for one in warnings(settings) if "watchdog" not in one] == []
    assert settings.brands[0].aliases == ("清河医院", "清河在线")
    assert settings.brands[0].exclude == ("清河医院路", "清河医院站")
    assert [one.name for one in settings.watch] == ["医疗安全", "隐私泄露", "自己的词"]
    assert [one.kind for one in settings.sources] == ["feed", "zhihu_search"]
    assert (settings.groups, settings.operator_channels) == (("公关群",), ("运维群",))
    assert [one.id for one in settings.people] == ["zhang-mou", "li-mou"]
    duty, backup = settings.oncall.levels
    assert (duty.people, duty.rotate, backup.people) == (
        ("zhang-mou", "li-mou"),
        "weekly",
        ("zhang-mou", "li-mou"),
    )
    assert settings.trial is not None
    assert settings.trial.owner == "zhang-mou"
    for step in ("fengsui check", "fengsui sources check", "fengsui alerts test", "fengsui run"):
        assert step in answer.out
    assert "13800000000" not in house.config.read_text("utf-8")


def test_nothing_is_written_before_the_last_yes_and_the_answers_are_kept(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert typed(house, WHOLE[:9], monkeypatch).code == 2
    assert not house.config.exists()
    assert not (house.folder / "fengsui.env").exists()
    halted = typed(house, WHOLE[9:], monkeypatch)
    assert "接着上次的 9 题往下答" in halted.out
    assert (halted.code, house.config.exists()) == (2, False)
    assert typed(house, ["n"], monkeypatch).code == 2
    assert typed(house, ["y"], monkeypatch).code == 0
    assert house.config.exists()
    assert not (house.folder / ".fengsui-wizard.json").exists()


def test_a_damaged_memory_of_answers_begins_anew(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (house.folder / ".fengsui-wizard.json").write_text("{", encoding="utf-8")
    assert "1. 要看的医院或品牌" in typed(house, ["q"], monkeypatch).out


def test_an_existing_configuration_is_left_alone(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.config.write_text(cli_world.CONFIG, encoding="utf-8")
    assert typed(house, [*WHOLE, "y"], monkeypatch).code == 0
    assert house.config.read_text("utf-8") == cli_world.CONFIG
    assert (house.folder / "fengsui-新.yaml").exists()


def test_back_takes_the_last_answer_away_also_at_the_end(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = typed(house, [*WHOLE, "b", "n", "y"], monkeypatch)
    assert answer.code == 0
    assert load(house.config, ENV).trial is None


def test_wrong_answers_are_refused_at_once_in_words() -> None:
    dialogue = Dialogue(TODAY)
    (short,) = told(dialogue, "清")
    assert short.startswith("✗ 只有一个汉字")
    told(dialogue, "清河医院")
    (twice,) = told(dialogue, "清河医院、清河")
    assert twice == "✗ 「清河医院」前面已经用过；换一个，或删掉一处"
    told(dialogue, "-", "-", "n")
    assert told(dialogue, "9")[0].startswith("✗ 请写 1 到 7 里的号")
    told(dialogue, "1", "-")
    told(dialogue, "1")
    assert told(dialogue, "news.example.cn")[0].startswith("✗ 不是网址")
    told(dialogue, "https://news.example.cn/feed.xml", "1", "4")
    assert told(dialogue, "smtp")[0].startswith("✗ 不是服务器名")
    told(dialogue, "smtp.example.cn", "fengsui", "张某", "1")
    assert told(dialogue, "zhang")[0].startswith("✗ 不是邮箱地址")
    told(dialogue, "zhang@example.cn")
    assert told(dialogue, "138-x")[0].startswith("✗ 只写数字")
    told(dialogue, "-", "-", "n")
    assert "不在「人员」里" in told(dialogue, "王某")[0]
    told(dialogue, "张某", "-")
    assert told(dialogue, "下周")[0].startswith("✗ 写成 2026-12-06")
    assert told(dialogue, "n") == [""]
    assert dialogue.next is None


def test_back_help_and_quit_are_no_answers() -> None:
    dialogue = Dialogue(TODAY)
    assert told(dialogue, "b") == ["已经是第一题了。"]
    assert told(dialogue, "?") == ["如：清河互联网医院"]
    told(dialogue, "清河医院")
    assert dialogue.next is not None
    assert dialogue.next.key == "brand1.aliases"
    told(dialogue, "返回")
    assert dialogue.next.key == "brand1.name"
    with pytest.raises(QuitError):
        dialogue.take("q")


def test_defaults_lead_through_the_whole_dialogue() -> None:
    dialogue = Dialogue(TODAY)
    given = {
        "brand1.name": "青石市第一人民医院",
        "server": "smtp.example.cn",
        "account": "fengsui",
        "person1.name": "王某",
        "person1.mail": "wang@example.cn",
        "person1.more": "n",
    }
    for _ in range(60):
        question = dialogue.next
        if question is None:
            break
        assert dialogue.take(given.get(question.key, "")) == "", question
    assert dialogue.next is None
    assert dialogue.answers["trial"] == "2026-12-06"


def test_a_source_that_is_told_is_not_asked_for_an_address() -> None:
    number = offered().index("staff_folder") + 1
    dialogue = Dialogue(TODAY)
    told(dialogue, "清河互联网医院", "", "", "", "1", "", str(number))

    assert dialogue.next is not None
    assert dialogue.next.key == "source.staff_folder.folder"
    assert told(dialogue, "staff") == [""]
    (entry,) = rows(dialogue.answers)[SOURCES]
    assert entry.values == {"种类": "员工上报文件夹", "选项": "folder=staff"}


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("清河互联网医院", "清河医院"),
        ("青石市第一人民医院", "青石市一院"),
        ("青石市第一人民医院", "青石一院"),
        ("青石妇女儿童医院", "青石妇儿医院"),
        ("青石口腔医院", "青石口腔"),
        ("安和健康科技有限公司", "安和健康"),
    ],
)
def test_nicknames_are_proposed(name: str, short: str) -> None:
    assert short in nicknames(name)


def test_a_name_without_a_short_form_proposes_none() -> None:
    assert nicknames("安和") == []
    assert lookalikes([]) == []


def test_the_dialogue_is_reached_by_its_own_option_alone(house: World) -> None:
    assert house.run("init", "--wizard", "--template", "a.xlsx").code == 2
    assert setup_wizard.INTRO.count("一次问一题") == 1


def test_the_manual_says_how_many_questions_a_small_house_answers() -> None:
    dialogue = Dialogue(TODAY)
    one_feed = [line for line in WHOLE if line != "1,3"]
    one_feed.insert(6, "1")
    assert set(told(dialogue, *one_feed)) == {""}
    assert dialogue.next is None
    manual = (Path(__file__).parents[2] / "docs" / "first-week.md").read_text("utf-8")
    assert f"要答 {len(dialogue.order)} 题" in manual
