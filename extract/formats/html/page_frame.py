"""Tell the frame of a page from the report inside it: tools, counters, source lines, related links.

Frames change from night to night (a counter, the next article), and are no part of a section.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from bs4.element import Tag

from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.formats.html.bounded_text import beginning_of_text, first_inside
from gongkai.extract.formats.suffixes import ATTACHMENT_SUFFIXES
from gongkai.extract.model.document import Block, Grid, Paragraph

_LONGEST = 160
_LONGEST_ROW = 1_000
_MOST_ANCHORS = 20
_TOOLS = re.compile(
    r"[【\[(「|]?(?:打印(?:本[页文]|此[页文]|文章|内容)?|关闭(?:本页|此页|窗口|页面)?|(?:加入)?收藏(?:本页|本文)?"
    r"|分享到?|复制链接|返回(?:顶部|首页|列表|上[一级]页)?|(?:我要)?纠错|保护视力色?|微信|微博|朋友圈|QQ空间"
    r"|(?:文字|页面)?字[号体](?:大小)?[:：]?(?:[大中小默认]{1,2}[|/、]?){0,4}|扫一扫[^。]{0,30}|用手机[^。]{0,20}"
    r"|(?:浏览|阅读|点击|访问|点阅|查看|人气)(?:次数|总数|人数|人次|量|数|率)?[:：]?\d{1,12}[人次]{0,2}"
    r"|(?:浏览|阅读|点击|访问|点阅|查看)(?:次数|总数|人数|人次|量|数|率)[:：]?[人次]{0,2}"
    r"|您是(?:本[站页])?第?\d{0,12}位?(?:访问者|访客|浏览者|来访者)|在线人数[:：]?\d{0,9}"
    r"|(?:今天是|现在是|当前时间|北京时间)[^。]{0,40})[】\])」|]?"
)
_LABELS = (
    "信息来源|文章来源|稿件来源|来源|稿源|作者|责任编辑|编辑|责编|审核人?|录入人?|发布时间|发布日期|发布机构|发布人"
    "|更新时间|上传时间|索引号|信息索引号|主题分类|有效性"
)
_SOURCE = re.compile(
    rf"(?:{_LABELS})[:：][^。]{{0,40}}?(?=(?:{_LABELS})[:：]|浏览|阅读|点击|访问|查看|字[号体]|[【\[]|打印|关闭|$)"
)
_REST = re.compile(r"[\s|/、,，:：·•【】\[\]()（）>-]+")
_END = re.compile(
    r"[【\[(]?(?:上一[篇条页]|下一[篇条页]|前一篇|后一篇|相关(?:链接|文章|阅读|信息|内容|推荐|新闻)|热门(?:文章|推荐)|推荐阅读"
    r"|版权所有|主办(?:单位)?[:：]|承办(?:单位)?[:：]|网站标识码|ICP备|[^。]{0,8}ICP备|[^。]{0,8}公网安备|网站地图|友情链接"
    r"|关于我们|联系我们|网站声明)"
)
_DAY = re.compile(r"[\[(]?(?:20\d\d[-/.年])?\d{1,2}[-/.月]\d{1,2}日?[\])]?")
_DOCUMENT = re.compile(ATTACHMENT_SUFFIXES + r"|附件", re.I)


def drop_frame(
    blocks: Sequence[Block], nodes: Sequence[Tag], anchors: Sequence[int]
) -> tuple[Block, ...]:
    """Return the blocks of a report without those of the frame of its page.

    `anchors` are the numbers of the blocks that certainly belong to the report. Behind the last one,
    the end of the article is looked for: the next article, related links, the footer.
    """
    last = max(anchors, default=-1)
    ends = (
        n
        for n, block in enumerate(blocks)
        if n > last and isinstance(block, Paragraph) and _END.match(normalize_text(block.text[:80]))
    )
    end = next(ends, len(blocks))
    links = {n for n in range(last + 1, end) if _is_link_row(blocks[n], nodes[n])}
    kept_anchors = set(anchors)
    return tuple(
        block
        for n, block in enumerate(blocks[:end])
        if n in kept_anchors or not (_is_frame(block) or (n in links and len(links) > 1))
    )


def is_frame_text(text: str) -> bool:
    """Return whether a text consists of tools, counters and source lines.

    >>> is_frame_text("【打印】 【关闭】 浏览次数：1024"), is_frame_text("网站访问量达1024次。")
    (True, False)
    """
    bare = normalize_text(text[: _LONGEST + 1])
    if not bare or len(text) > _LONGEST:
        return False
    rest = _SOURCE.sub("", bare) if _SOURCE.match(bare) else bare
    return not _REST.sub("", _TOOLS.sub("", rest))


def _is_frame(block: Block) -> bool:
    if isinstance(block, Paragraph):
        return is_frame_text(block.text)
    texts = [cell.text for row in block.rows for cell in row if cell.text.strip()]
    return bool(texts) and len(texts) < 40 and all(map(is_frame_text, texts))


def _is_link_row(block: Block, node: Tag) -> bool:
    """Return whether a block is a link and perhaps a date, as in a list of other articles."""
    if isinstance(block, Grid) or len(block.text) > _LONGEST_ROW or _DOCUMENT.search(block.text):
        return False
    anchors = _anchors(node)
    if not anchors:
        return False
    shown = normalize_text(_DAY.sub("", block.text))
    return bool(shown) and shown in normalize_text("".join(map(beginning_of_text, anchors)))


def _anchors(node: Tag) -> list[Tag]:
    if node.name == "a":
        return [node]
    found = (each for each in first_inside(node) if isinstance(each, Tag) and each.name == "a")
    return list(islice(found, _MOST_ANCHORS))
