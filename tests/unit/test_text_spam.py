"""Pages that nobody wrote: spun copies and search bait, and the ordinary texts beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.clean import clean, clean_page
from monitor.text.spam import spam_signs

SEEDS = Path(__file__).resolve().parents[2].parent / "shared" / "seeds"
SPUN = (
    "清河互联网医院发布通知布告称，年夜部门患者已获得妥帖安设，院方鼓动勉励家眷经由过程热线反应环境。"
    "先容说，此次变乱首要是因为办理轨制存在缝隙，不克不及让患者掉去信赖，相干职员已被停职。"
    "有存眷者指出，今朝的标的目的长短常明白的，可以或许削减近似环境，病院应当罗致教训，晋升办事。"
    "家眷暗示，曩昔三天他们一向没法见到主管大夫，极可能还要再等一周，良多问题没有获得回应。"
)
PLAIN = (
    "清河互联网医院发布公告称，大部分患者已得到妥善安置，院方鼓励家属通过热线反映情况。"
    "介绍说，此次事故主要是因为管理制度存在漏洞，不能让患者失去信任，相关人员已被停职。"
    "有关注者指出，目前的方向非常明确，能够减少类似情况，医院应当吸取教训，提升服务。"
    "家属表示，过去三天他们一直无法见到主管医生，很可能还要再等一周，很多问题没有得到回应。"
)


def test_a_spun_copy_is_recognised_and_its_original_is_not() -> None:
    assert spam_signs(SPUN) == {"spun"}
    assert spam_signs(PLAIN) == frozenset()


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("雷竞技-清河医院误诊事件始末", PLAIN),
        ("", "华体会｜清河医院误诊事件始末\n" + PLAIN),
        ("清河医院", PLAIN + "\n乐鱼体育.(中国)官方网站-ios/安卓通用版/手机版"),
        ("清河医院", PLAIN + "\n开云体育 亚博体育 半岛体育"),
    ],
)
def test_search_bait_for_betting_sites_is_recognised(title: str, text: str) -> None:
    assert spam_signs(clean(text), title) == {"gambling"}


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "警方通报：张某在名为开云体育的网站上投注，输掉了给孩子看病的钱，清河医院已为其减免费用。"
        * 5,
        "今朝有酒今朝醉。奶奶说，从前糊口艰难，良多人家过年夜饭也只有一碗面，缘由谁都晓得。" * 6,
        "年夜饭后我们去清河医院看急诊，医生态度很好。" * 12,
        "双轨制改革之后，介入治疗的费用降落了一些。" * 12,
        "存眷！",
        "",
    ],
)
def test_what_people_write_is_no_spam(text: str) -> None:
    assert spam_signs(text) == frozenset()


@given(st.text("年夜部门存眷通知布告掉去华体会-|清河医院。\n", max_size=400), st.text(max_size=20))
def test_any_text_is_judged(text: str, title: str) -> None:
    assert spam_signs(text, title) <= {"spun", "gambling"}


@pytest.mark.needs_shared
@pytest.mark.skipif(not SEEDS.is_dir(), reason="没有 ../shared/seeds:跳过真实网页的垃圾页检查")
@pytest.mark.parametrize(("name", "signs"), [("000", {"spun", "gambling"}), ("001", set())])
def test_the_real_page_that_is_spun_and_bait_is_recognised_as_both(
    name: str, signs: set[str]
) -> None:
    (path,) = SEEDS.glob(f"{name}_*.txt")
    assert spam_signs(clean_page(path.read_text(encoding="utf-8"))) == signs
