"""Takes from an article's text what the page put around and between its paragraphs; pure."""

from __future__ import annotations

import re

LABEL = 60  # characters; a longer line with a label in it is a sentence
# The part of the text behind which «相关阅读» ends it; long comments may follow a short article.
CLOSING = 0.3

# Whole lines that are never part of an article.
LINE = re.compile(
    r"[\s【\[(（《]*(?:"
    r"(?:责任|本文|本期|值班|文字|网络|执行|新媒体|实习)?(?:编辑|责编|校对|审核|监制|主编|编审|终审|复审|初审|一审|二审|三审|审校|排版|美编|统筹|签发)"
    r"\s*[:：/|丨].*"
    r"|纠错|打印(?:本页)?|关闭(?:窗口)?|收藏|举报|点赞|返回(?:首页|顶部|列表)|上一[篇条页].*|下一[篇条页].*"
    r"|(?:[【\[]?(?:字体|字号|大|中|小|打印|关闭|收藏|分享|推荐|纠错|复制链接)[】\]]?[\s:：|]*){2,}"
    r"|(?:.{0,8}(?:记者|编辑|作者|责编|摄影|文|图)\s*[|｜丨]\s*[^。！？]{1,12}[\s　]*){1,3}"
    r"|(?:封面)?(?:图片|照片|视频)来源\s*[:：].{0,30}|.{0,10}广告合作.{0,20}"
    r"|(?:如需|若需|欲)(?:获得|取得)?(?:转载|授权|引用).{0,50}"
    r"|分享(?:到|至|让更多人看到)?[:：]?(?:\s*(?:微信|微博|QQ(?:空间|好友)?|空间|朋友圈|豆瓣|好友|收藏))*|(?:微信|微博)?扫一?扫.{0,20}|扫描二维码(?:.{0,4}(?:下载|关注|添加|阅读).{0,10})?|长按.{0,20}(?:二维码|识别).{0,20}"
    r"|原标题\s*[:：].*|(?:关键词|标签|关键字|责任编辑)\s*[:：].*|(?:点击|展开)(?:阅读|查看)?(?:全文|更多|原文).{0,10}"
    r"|打开.{0,8}(?:APP|客户端).{0,20}|阅读原文|.{0,12}下载.{0,6}(?:APP|客户端).{0,10}"
    r"|(?:更多|实时).{0,20}(?:下载|请关注|点此|尽在).{0,30}"
    r"|(?:来源|稿源|文章来源|本文来源|信息来源|转自|图片来源|文/图|文图)\s*[:：/].{0,40}"
    r"|(?:上一页|下一页|首页|尾页|末页|\d{1,3}|\.{2,3}|[<>«»])(?:[\s|]+(?:上一页|下一页|首页|尾页|末页|\d{1,3}|\.{2,3}|[<>«»]))+"
    r"|友情提示[:：].{0,10}(?:键盘|翻页).{0,20}|(?:本文|以上).{0,6}(?:是否|有没有).{0,8}(?:解决|帮助).{0,30}"
    r"|(?:您|你)的浏览器(?:不支持|版本).{0,30}|(?:正在)?(?:加载|载入)(?:中|更多).{0,6}|点击(?:上方|下方)?.{0,8}(?:蓝字|关注).{0,12}"
    r"|.{0,14}(?:报料|爆料|新闻热线|客服热线|投稿)(?:热线|电话|邮箱)?[:：].{0,40}"
    r"|\(?(?:完|END|全文完|未完待续)\)?|-+\s*END\s*-+"
    r")[\s】\])）》]*",
    re.IGNORECASE,
)
# Behind these nothing of the article follows.
END = re.compile(
    r"[\s【\[]*(?:相关(?:阅读|新闻|文章|链接|报道|推荐)|推荐阅读|延伸阅读|热门推荐|猜你喜欢|更多(?:阅读|精彩|新闻)|往期(?:推荐|回顾|精选)"
    r"|(?:网友|最新|全部|精彩|热门)?(?:评论|跟帖|留言)(?:区|\(?\d*\)?)?|免责声明|版权声明|特别声明|法律声明|风险提示)[\s】\]:：]*.{0,2}"
    r"|文明上网.*|关于我们\s*[|｜].*|(?:.{0,20}版权所有|Copyright\s*[©(]).*"
)
# Sentences that speak for the site and not for the author.
STATEMENT = re.compile(
    r"^[\s【\[(（“*]*(?:特别声明|免责声明|版权声明|版权归|.{0,6}声明[:：](?=.{0,60}(?:转载|登载|观点|立场|平台|版权|本文|本站|本网|作者))|声明[:：]|本文系.{0,30}(?:独家|原创|转载)|本文(?:仅)?代表作者"
    r"|(?:未经|凡).{0,30}(?:授权|许可|注明).{0,20}(?:不得|禁止|严禁|谢绝|请勿|均为|来源)"
    r"|(?:此|本)(?:内容|文章|稿件)(?:为|系).{0,20}(?:原创|独家).{0,30}(?:著作权|版权)|(?:如需|若需)(?:获得|取得)?(?:转载|授权).{0,20}(?:联系|致信)"
    r"|(?:特别|温馨)?(?:提醒|提示)[:：].{0,20}(?:使用|涉及).{0,6}(?:您|你)的(?:图片|作品)|以上(?:内容|作品内容).{0,30}(?:用户|网友|自媒体).{0,12}(?:上传|发布)"
    r"|本(?:网站|站|平台).{0,20}(?:刊登|提供信息存储|版权|转载)|.{0,10}(?:所有|仅供参考).{0,6}不构成.{0,6}(?:投资|诊疗)建议)"
)
# What stands between the title and the first paragraph.
HEADER = re.compile(
    r"(?:19|20)\d\d\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}|\d{1,2}:\d\d|(?:来源|作者|记者|时间|日期|浏览|点击|阅读)\s*[:：|]"
    r"|^(?:原创|转载|置顶|首页.{0,40}正文)"
)
FULL_STOP = re.compile("[。！？!?]$")
ENDS_SENTENCE = re.compile("[。！？…”!?]$")


def without_furniture(text: str, title: str = "") -> str:
    """Return the text without header, footer, editors' lines and the site's statements."""
    lines = [line for line in text.split("\n") if line.strip()]
    kept = _until_the_end(lines)
    kept = [line for line in kept if not _is_furniture(line)]
    return "\n".join(_without_header(kept, title))


def _is_furniture(line: str) -> bool:
    """Tell the site's words from a person's, which end in a full stop."""
    label = len(line) <= LABEL and not FULL_STOP.search(line) and LINE.fullmatch(line)
    return bool(label or STATEMENT.search(line))


def _until_the_end(lines: list[str]) -> list[str]:
    """Cut at 相关阅读 and the like, where most of the text stands before it."""
    whole = sum(map(len, lines))
    before = 0
    for place, line in enumerate(lines):
        if before >= CLOSING * whole and END.fullmatch(line):
            return lines[:place]
        before += len(line)
    return lines


def _without_header(lines: list[str], title: str) -> list[str]:
    """Drop the title and the line of date and source before the first sentence."""
    start = 0
    for line in lines[:4]:
        if ENDS_SENTENCE.search(line) or len(line) > LABEL:
            break
        if not (HEADER.search(line) or (title and "".join(line.split()) in title)):
            break
        start += 1
    return lines[start:]
