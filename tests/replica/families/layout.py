"""How one family of sites shows a place: the common part. A layout gives pages by path and query."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from urllib.parse import urlsplit

from gongkai.extract.forms import FORM_2021, SECTIONS
from gongkai.replica.content import local_time
from gongkai.replica.pages import Page
from tests.paths import ROOT
from tests.printing.page import Markup, table
from tests.printing.report import PROSE, Printed, distinct
from tests.replica.families.place import Column, Item, Place

PDF = (ROOT / "replica" / "files" / "weibin-gxj-2024.pdf").read_bytes()


Interface = Callable[[str, Mapping[str, str]], Page | None]
"""What answers at a path: a function of method and fields, None for 404."""


class Layout:
    """A family: where its things lie, and what its lists and articles look like.

    Subclasses say `home_of` a column, `address` of an item, and `lists`; the rest is common.
    """

    name = ""
    rows = 4  # of a list on one page
    suffix = ".html"
    content = '<div class="content">{}</div>'
    """What an article's text stands in."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.pages: dict[str, Page] = {}
        self.served_for: dict[int, set[str]] = {}
        """Number of a column -> the addresses of its list."""

        self.interfaces: dict[str, Interface] = {}
        self.answers: dict[int, set[str]] = {}
        """Number of a column -> names of the answers that an interface gives for its list."""

        self.column_of = {
            item.number: column for column in place.columns() for item in column.items
        }

    # what a family says

    def home_of(self, column: Column) -> str:
        """The address of a column's first page."""
        raise NotImplementedError

    def address(self, item: Item) -> str:
        """The address of an article."""
        raise NotImplementedError

    def lists(self, column: Column) -> None:
        """Put the pages of a column."""
        parts = self.parts(column.items)
        for number, part in enumerate(parts):
            path = self.page_of(column, number, len(parts))
            pager = self.pager(column, number, len(parts))
            self.put(path, self.column_page(column, self.list_html(part, path) + pager))

    def page_of(self, column: Column, number: int, count: int) -> str:
        """The address of a page of a list, from 0."""
        raise NotImplementedError

    def pager(self, column: Column, number: int, count: int) -> str:
        """What stands under a list."""
        return ""

    def file(self, item: Item) -> str:
        """The address of an attached document."""
        return self.address(item).rpartition("/")[0] + f"/P0{item.number:020}.pdf"

    def attachment(self, item: Item) -> str:
        """How an article names its document."""
        return f'<p>附件：<a href="{self.file(item)}">{escape(item.title)}.pdf</a></p>'

    # what is common

    def build(self) -> dict[str, Page]:
        """Everything the portal serves."""
        nav = [self.place.news, self.place.root]
        links = [self.link(column.name, self.home_of(column)) for column in nav]
        away = '<a href="http://www.gov.cn/zhengce/">国务院政府信息公开年报</a>'
        home = "".join(links) + away + self.list_html(self.place.news.items, "/")
        self.put("/", self.page(self.place.name, home))
        for column in self.place.columns():
            before = set(self.pages)
            self.lists(column)
            self.served_for[column.number] = self.pages.keys() - before
        for item in self.place.items:
            self.item(item)
        return self.pages

    def found(self) -> set[str]:
        """The addresses at which reports stand: of their pages, or of the files rows lead to."""
        return {f"http://{self.place.host}{self.target(item)}" for item in self.place.reports()}

    def needed(self) -> set[str]:
        """The paths that a crawl has to ask for which knows beforehand where the reports are.

        These are the home page, the lists on the way, the reports, and their documents.
        """
        wanted = {"/"}
        for column in self.place.columns():
            if holds_reports(column):
                wanted |= self.served_for[column.number] | self.answers.get(column.number, set())
        for item in self.place.reports():
            wanted.add(self.target(item))
            if item.shape != "page":
                wanted.add(self.file(item))
        return wanted

    def near_misses(self) -> set[str]:
        """The paths of what looks like a report in its list and is none."""
        return {self.target(i) for i in self.place.items if i.kind in ("near", "empty-form")}

    def target(self, item: Item) -> str:
        """Where a row leads."""
        return self.file(item) if item.shape == "pdf" else self.address(item)

    def item(self, item: Item) -> None:
        """Put an article and its document."""
        if item.shape != "page":
            document = PDF + b"%" + str(item.number).encode()
            self.put(self.file(item), document, "application/pdf")
        if item.shape == "pdf":
            return
        if item.shape == "page":
            text = "".join(text_of(item))
        elif item.shape == "attached":
            text = self.attachment(item)
        else:
            text = f'<script>showPdf("{self.file(item)}", "100%", "600");</script>'
        head = (
            f'<meta name="ArticleTitle" content="{escape(item.title)}">'
            f'<meta name="PubDate" content="{item.day} 10:00">'
        )
        body = (
            f"<h1>{escape(item.title)}</h1><p>发布日期：{item.day}</p>{self.content.format(text)}"
        )
        self.put(self.address(item), self.page(item.title, body, head))

    def column_page(self, column: Column, rows: str) -> str:
        """The page of a column: where we are, the columns beside it, and its rows."""
        beside = [self.link(below.name, self.home_of(below)) for below in column.below]
        head = f'<meta name="ColumnName" content="{column.name}">'
        return self.page(column.name, f"<div>{''.join(beside)}</div>{rows}", head)

    def list_html(self, items: Sequence[Item], path: str) -> str:
        """Rows with dates, as most lists have them."""
        del path
        rows = (
            f'<li><a href="{self.target(item)}" title="{escape(item.title)}">{item.title[:18]}…</a>'
            f"<span>{item.day}</span></li>"
            for item in items
        )
        return f'<ul class="list">{"".join(rows)}</ul>'

    def link(self, name: str, path: str) -> str:
        """One link of a navigation."""
        return f'<a href="{path}">{name}</a> '

    def parts(self, items: Sequence[Item]) -> list[Sequence[Item]]:
        """The rows of each page of a list."""
        return [items[at : at + self.rows] for at in range(0, len(items), self.rows)] or [()]

    def page(self, title: str, body: str, head: str = "") -> str:
        """A whole page."""
        return (
            f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{escape(title)}-{self.place.name}"
            f"</title><meta name='SiteName' content='{self.place.name}'>"
            f"<meta name='SiteIDCode' content='{self.place.code}0001'>{head}</head><body>"
            f"<div><a href='/'>首页</a> <a href='{self.home_of(self.place.news)}'>{self.place.news.name}</a></div>"
            f"{body}<div>主办：{self.place.name}办公室</div></body></html>"
        )

    def put(self, path: str, body: str | bytes, media_type: str = "text/html") -> None:
        """Serve something at a path, its query included."""
        self.pages[path] = answer_of(body, media_type)


def answer_of(body: str | bytes, media_type: str = "text/html") -> Page:
    """What is served, the same on all days."""
    data = body if isinstance(body, bytes) else body.encode()
    return Page(data, media_type, local_time("2025-02-01"))


def holds_reports(column: Column) -> bool:
    """Whether a column, or one below it, has reports."""
    return any(item.kind == "report" for item in column.items) or any(
        holds_reports(below) for below in column.below
    )


def text_of(item: Item) -> list[str]:
    """The text of an article."""
    if item.kind in ("news", "near"):
        return [
            f"<p>{escape(item.title)}。现将有关情况报告如下：全年公开法治建设信息若干件。</p>" * 3
        ]
    if item.kind == "empty-form":
        return ["<p>各部门、各单位：请于1月31日前报送，格式见附件。</p>"]
    report = Printed(item.title, FORM_2021, distinct(seed=item.number))
    tables = report.tables()
    parts = []
    for number, heading in SECTIONS:
        parts.append(f"<p>{heading}</p>")
        parts += [f"<p>{text}</p>" for text in PROSE.get(number, ())]
        parts += [table(rows, Markup()) for rows in tables.get(number, ())]
    return parts


def folder(path: str) -> str:
    """The folder of a path, with its slash."""
    return urlsplit(path).path.rpartition("/")[0] + "/"
