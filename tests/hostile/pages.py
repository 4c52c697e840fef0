"""Hostile web pages and texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Maker = Callable[[], bytes]
_TITLE = "某县教育局2024年政府信息公开工作年度报告"
_HEADS = "".join(f"<p>{n}、{name}</p>" for n, name in zip("一二三四五六", ("总体情况", "主动公开政府信息情况", "收到和处理政府信息公开申请情况", "政府信息公开行政复议、行政诉讼情况", "存在的主要问题及改进情况", "其他需要报告的事项"), strict=True))  # fmt: skip
_ROW = "<tr><td>规章</td><td>1</td><td>2</td><td>3</td></tr>"


def report(body: str) -> bytes:
    """A page that looks like a report around something hostile."""
    return f"<html><head><title>{_TITLE}</title></head><body><h1>{_TITLE}</h1>{_HEADS}{body}</body></html>".encode()


def table(rows: str) -> bytes:
    return report(f"<table>{rows}</table>")


PAGES: Mapping[str, Maker] = {
    "empty.html": lambda: b"",
    "spaces.html": lambda: b" \r\n\t" * 1_000_000,
    "nul.html": lambda: report(_ROW).replace(b"<", b"\0<\0"),
    "only-nul.html": lambda: b"\0" * 1_000_000,
    "50MB.html": lambda: report("<p>公开</p>" * 4_000_000),
    "million-rows.html": lambda: table(_ROW * 250_000)[: 11 << 20],
    "million-cells.html": lambda: table("<tr>" + "<td>1" * 1_000_000),
    "colspan.html": lambda: table(
        _ROW.replace("<td>", '<td colspan="1000000" rowspan="1000000">') * 500
    ),
    "odd-spans.html": lambda: table(
        _ROW.replace("<td>", '<td colspan="-3" rowspan="９９９９９９９９９９９９９">') * 50
    ),
    "deep-div.html": lambda: report("<div>" * 100_000 + "规章"),
    "deep-inline.html": lambda: report("<b><i>" * 50_000 + "规章"),
    "deep-tables.html": lambda: report("<table><tr><td>" * 20_000 + "规章"),
    "deep-lists.html": lambda: report("<ul><li>" * 50_000),
    "many-tables.html": lambda: report("<table><tr><td>规章<td>1<td>2<td>3</table>" * 40_000),
    "nested-forms.html": lambda: report("<table>" + "<tr><td>自然人<table>" * 3_000),
    "links.html": lambda: report('<a href="a.pdf">附件</a>' * 300_000),
    "attribute.html": lambda: report(f'<a href="{"x" * 5_000_000}.pdf">附件</a>'),
    "javascript.html": lambda: report(
        f"<a href=\"javascript:open('{'javascript:' * 20_000}a.pdf')\">x</a>"
    ),
    "comment.html": lambda: report("<!--" + "-" * 3_000_000),
    "entities.html": lambda: report("&#x4e00;" * 1_000_000),
    "one-word.html": lambda: report("公" * 3_000_000),
    "charset.html": lambda: b"<meta charset=utf-7>" + report(_ROW) + b"\xff\xfe" * 1000,
    "headings.html": lambda: report(_HEADS * 5_000),
    "titles.html": lambda: report(f"<h1>{_TITLE}</h1>" * 20_000),
    "years.html": lambda: report("<p>" + "2024年1月1日至" * 100_000 + "</p>"),
    "counts.html": lambda: report("<p>" + "共收到申请1件，其中" * 100_000 + "</p>"),
    "numbers.html": lambda: table(f"<tr><td>规章<td>{'9' * 1_000_000}<td>1<td>1"),
    "spaced-number.html": lambda: table(f"<tr><td>规章<td>{'1 ' * 500_000}<td>1<td>1"),
    "called.html": lambda: b"%PDF-1.4\n" + b"%" * 100,
    "utf-16.html": lambda: ("\ufeff" + report(_ROW).decode()).encode("utf-16-le"),
}

TEXTS: Mapping[str, Maker] = {
    "50MB.txt": lambda: "公开\n".encode() * 7_000_000,
    "million-lines.txt": lambda: "规章\n1\n2\n3\n".encode() * 250_000,
    "million-tabs.txt": lambda: "规章\t1\t2\t3\n".encode() * 250_000,
    "one-line.txt": lambda: "年度报告，".encode() * 250_000,
    "pipes.txt": lambda: b"|" * 3_000_000,
    "labels.txt": lambda: "一、本年新收政府信息公开申请数量 ".encode() * 40_000,
    "digits.txt": lambda: b"1 " * 1_500_000,
    "han-numbers.txt": lambda: "一".encode() * 1_000_000,
    "brackets.txt": lambda: "（一）1.".encode() * 300_000,
    "hashes.txt": lambda: b"#" * 3_000_000,
    "dashes.txt": lambda: b"- " * 1_500_000,
    "surrogates.txt": lambda: b"\xed\xa0\x80" * 100_000,
    "binary.bin": lambda: bytes(range(256)) * 40_000,
}
