"""Drops page furniture: what document mills, portals and content farms put around a text."""

from __future__ import annotations

import re

# Whole lines (after cleaning) that say nothing about anybody.
_FURNITURE = re.compile(
    r"(?:"
    r"第\s?\d+\s?页|共\s?\d+\s?页|\d+/\d+"
    r"|已阅读\s?\d+\s?页,?\s?还剩\s?\d+\s?页未读.*"
    r"|还剩\s?\d+\s?页未读.*|(?:点击)?继续(?:免费)?阅读"
    r"|(?:免费|立即|点击)?下载(?:本|此)?(?:文档|全文|APP).{0,12}"
    r"|版权(?:说明|声明|所有)[:：\s].*|.{0,20}Copyright\s?©.*|©.*版权.*|备案号?[:：].*|.?ICP备.*"
    r"|文档简介|温馨提示|最新文档|相关(?:文档|阅读|推荐|新闻|文章)|推荐阅读|热门(?:文章|推荐)|猜你喜欢"
    r"|(?:全部|发表|提交|热门|最新)?评论(?:\s?\(?\d+\)?)?|登录后(?:可|才能)?评论.*"
    r"|[•·]?\s?\d+\.\s?.{0,12}(?:本站|未经权益所有人|下载文件中如有侵权|文库网仅提供).*"
    r"|上一[篇页][:：].*|下一[篇页][:：].*|上一[篇页]|下一[篇页]|返回(?:首页|顶部|列表).{0,6}"
    r"|联系我们|关于我们|网站地图|(?:咨询|全国|服务|客服)热线[:：]?\s?[\d\- ]*|官方邮箱[:：].*"
    r"|(?:商务|官方)网站[:：].*|公司地址[:：].*|联系QQ[:：].*"
    r"|(?:关|存)[注眷].{0,20}(?:微信|公众号)[:：].*|扫(?:一扫|码).{0,20}|长按.{0,10}(?:二维码|识别).{0,10}"
    r"|分享(?:到|至)?[:：]?.{0,20}|(?:打印|关闭|收藏|举报|点赞|纠错)(?:\s(?:打印|关闭|收藏|举报|点赞|纠错))*"
    r"|\(?责任?编辑[:：].{0,20}|\(?编辑[:：].{0,12}"
    r"|.{0,40}\.(?:png|jpe?g|gif|webp|bmp)"
    r"|\d{1,2}\s?(?:分钟|小时|天)前"
    r")",
    re.IGNORECASE,
)
_PAGE_TITLE = re.compile(r"(.+?)_第\s?\d+\s?页")
_AUTHOR = re.compile(r"^作者[:：]\s?\S{1,20}\s?(?=$|时间|来源|发布|\d{4}-)")
_LINK_FARM = re.compile(r"友情链接.{0,4}")
_SENTENCE = re.compile(r"[。!?;…]")


def drop_boilerplate(text: str) -> str:
    """Return a cleaned page without furniture lines, the author's name and the link farm."""
    kept: list[str] = []
    in_links = False
    for line in text.split("\n"):
        in_links = (in_links or bool(_LINK_FARM.fullmatch(line))) and not _SENTENCE.search(line)
        if not in_links and not _FURNITURE.fullmatch(line):
            _keep(kept, line)
    return "\n".join(kept)


def _keep(kept: list[str], line: str) -> None:
    """Keep a line, the title of a run of page images once, a byline without the name."""
    title = _PAGE_TITLE.fullmatch(line)
    line = title[1] if title else _AUTHOR.sub("", line)
    if not (title and kept and kept[-1] == line):
        kept.append(line)
