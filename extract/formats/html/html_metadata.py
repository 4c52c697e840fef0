"""Read what a page says about itself: meta tags, title, breadcrumb, disclosure header."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bs4.element import Tag

from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.formats.html.bounded_text import beginning_of_text
from gongkai.extract.formats.html.element_index import ElementIndex
from gongkai.extract.model.document import Block, block_lines

_EMPTY = frozenset(("", "null", "none", "undefined", "网站名称", "栏目名称"))
_MAX_TRAIL = 300
_INFO = re.compile(
    r"(索引号|发布机构|发文机关|所属机构|公开主体|主题分类|成文日期|生成日期|发布日期|发布时间|发文日期"
    r"|公开日期|公布日期|发表时间|(?<!办公|办理|受理|咨询|工作|更新|截止|截至|当前|系统|开放|统计|填报)(?:时间|日期)"
    r"|信息来源|来源|文号|发文字号|有效性|名称|标题)[】\]]?\s*[:：\t]\s*([^\t\n|]{0,80})"
)
_MAX_INFO_LINES = 400


def read_meta_tags(page: ElementIndex) -> dict[str, str]:
    """Return the meta tags by lower-case name, the first valid one of each, without placeholders."""
    found: dict[str, str] = {}
    for tag in page.first("meta", 200):
        name = str(tag.get("name") or tag.get("property") or "").strip().lower()
        content = " ".join(str(tag.get("content") or "").split())
        if name and name not in found and content.lower() not in _EMPTY:
            found[name] = content[:500]
    return found


def find_headlines(page: ElementIndex, meta: Mapping[str, str]) -> tuple[str, ...]:
    """Return possible titles, best first: ArticleTitle, h1, elements with a title class, title."""
    tags = [*page.first("h1", 5), *page.first("h2", 3), *page.titled[:10], *page.first("title", 1)]
    texts = [
        meta.get("articletitle", ""),
        *(" ".join(beginning_of_text(tag).split()) for tag in tags),
    ]
    return tuple(dict.fromkeys(text for text in texts if text and len(text) <= 120))


def find_breadcrumb(page: ElementIndex) -> str:
    """Return the trail of columns above the article, "" if there is none."""
    for string in page.trails[:10]:
        node = string.parent
        for _ in range(3):
            if not isinstance(node, Tag):
                break
            text = " ".join(beginning_of_text(node, " ").split())
            if len(text) > _MAX_TRAIL:
                break
            if len(normalize_text(text)) > 8:
                return text
            node = node.parent
    return ""


def read_info_header(blocks: tuple[Block, ...]) -> dict[str, str]:
    """Return labels and values of the disclosure header: 索引号, 发布机构, 发布日期."""
    found: dict[str, str] = {}
    for line in block_lines(blocks)[:_MAX_INFO_LINES]:
        if len(line) > 600:
            continue
        text = re.sub(r"[\xa0\u3000]", "", line)
        text = re.sub(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff]{1,3}\s*[:：])", "", text)
        place = 0
        while match := _INFO.search(text, place):
            label, value = match.groups()
            place = match.start(2)  # the next label may stand in what was taken for the value
            value = re.split(r"\s{2,}|(?=(?:发布|信息|公开)?(?:日期|时间|来源|机构)[:：])", value)[
                0
            ].strip()
            if value:
                found.setdefault(label, value)
    return found
