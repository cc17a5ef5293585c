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
# Sentences in which the site speaks for itself, by the word sequences they are made of. What may
# also begin a complaint («未经家属许可就…», «检查结果仅供参考，医生却…») needs its ending too.
_STATEMENT = re.compile(
    r"[\s\[(*\"]*(?:"
    r"(?:特别|免责|版权|法律)(?:声明|提示|说明)\]?[:：].{0,200}"
    r"|(?:以上|本文|上述)(?:内容|作品|文章|图文).{0,30}(?:自媒体|网友|用户|作者).{0,12}"
    r"(?:上传|发布|提供).{0,20}(?:本(?:平台|站|网)|仅).{0,60}"
    r"|(?:未经|凡).{0,16}(?:授权|许可|书面同意).{0,12}(?:不得|禁止|谢绝|请勿).{0,6}(?:转载|摘编|复制|使用).{0,40}"
    r"|(?:如有|若有|如涉及?|若涉及?).{0,16}(?:侵权|版权).{0,20}(?:联系|告知|删除).{0,30}"
    r"|文明上网.{0,30}|.{0,12}仅供参考[。.]?|.{0,20}不代表本(?:站|网|平台)(?:观点|立场).{0,20}"
    r"|.{0,4}(?:关注|存眷).{0,24}(?:官方微信|公众号|官方微博|视频号)(?:[:：]\s?[A-Za-z0-9_-]+.{0,40}|[。.]?)"
    r"|(?:点击|长按|识别|扫描?).{0,12}(?:二维码|蓝字|小程序码)(?:.{0,4}(?:关注|下载|添加|进群|阅读).{0,10})?"
    r"|(?:来源|稿源|文章来源|本文来源|信息来源|转自)[:：].{0,20}"
    r"|(?:审核|校对|监制|排版|统筹|终审|复审|初审)[:：|/].{0,20}"
    r")"
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
        if not (in_links or _FURNITURE.fullmatch(line) or _STATEMENT.fullmatch(line)):
            _keep(kept, line)
    return "\n".join(kept)


def _keep(kept: list[str], line: str) -> None:
    """Keep a line, the title of a run of page images once, a byline without the name."""
    title = _PAGE_TITLE.fullmatch(line)
    line = title[1] if title else _AUTHOR.sub("", line)
    if not (title and kept and kept[-1] == line):
        kept.append(line)
