"""Portals from their data: TOML files under portals/ become pages by host and path."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gongkai.replica.content import local_time, paragraphs, reports
from gongkai.replica.markup import blank_form, report_body, text_body
from gongkai.replica.pages import Page

HERE = Path(__file__).parent
STYLE = {"path": "/images/style.css", "type": "text/css", "file": "templates/style.css"}
PAGING = {
    "path": "/images/createPageHTML.js",
    "type": "text/javascript",
    "file": "templates/paging.js",
}
LOGO = {"path": "/images/logo.png", "type": "image/png", "file": "files/logo.png"}
COMMON_FILES = {"trs": (STYLE, LOGO, PAGING), "htmls": (STYLE, LOGO)}


@dataclass(frozen=True, slots=True)
class Article:
    """One article and the address it has first; `also` are its further addresses."""

    path: str
    title: str
    published: str
    source: str
    body: str
    attachments: tuple[tuple[str, str], ...]
    column: str
    also: tuple[str, ...]
    wap: bool
    claims: str
    report: str

    @property
    def date(self) -> str:
        """The day of publishing."""
        return self.published[:10]

    @property
    def number(self) -> str:
        """The document id in the address."""
        return PurePosixPath(self.path).stem.rpartition("_")[2]

    @property
    def twin(self) -> str:
        """The address of its page for telephones, where it has one."""
        return self.path.removesuffix(".html") + "_wap.html"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: what it shows and where it leads (absolute path or whole address)."""

    title: str
    href: str
    date: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the portal: a list in pages, links to other columns, or text of its own."""

    path: str
    name: str
    parent: str
    rows: tuple[Row, ...]
    links: tuple[tuple[str, str], ...]
    text: tuple[str, ...]
    per_page: int


@cache
def portals() -> tuple[Portal, ...]:
    """Every portal under portals/."""
    return tuple(Portal(path) for path in sorted((HERE / "portals").glob("*.toml")))


@cache
def all_pages() -> dict[str, dict[str, Page]]:
    """Return what all portals serve: host -> path -> page. Callers must not change it."""
    return dict(portal.build() for portal in portals())


class Portal:
    """One portal read from its file; `build` renders it.

    Raises:
        KeyError: the file lacks an entry, or refers to an article that is not in it.
    """

    def __init__(self, path: Path) -> None:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        self.raw = raw
        self.host: str = raw["host"]
        self.encoding: str = raw["encoding"]
        self.family: str = raw["family"]
        self.articles = {article.path: article for article in map(self._article, raw["articles"])}
        self.columns = {column.path: column for column in map(self._column, raw["columns"])}
        self.templates = Environment(
            loader=FileSystemLoader([HERE / "templates" / self.family, HERE / "templates"]),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        self.newest = max(article.published for article in self.articles.values())

    def build(self) -> tuple[str, dict[str, Page]]:
        """Render everything: (host, path -> page)."""
        pages = {"/index.html": self._html("home.html", self.newest, column=None)}
        for column in self.columns.values():
            pages |= self._column_pages(column)
        for article in self.articles.values():
            pages |= self._article_pages(article)
        for file in (*COMMON_FILES[self.family], *self.raw.get("files", ())):
            pages[file["path"]] = self._file(file)
        for path, target in self.raw.get("redirects", {}).items():
            pages[path] = self._redirect(target)
        return self.host, pages

    def addresses_of(self, report: str) -> list[str]:
        """Where this portal serves a report: its pages first, then its files."""
        paths = [
            path
            for article in self.articles.values()
            if article.report == report
            for path in (article.path, *article.also, *([article.twin] if article.wap else []))
        ]
        files = self.raw.get("files", ())
        paths += [file["path"] for file in files if file.get("file") == f"files/{report}.pdf"]
        return [f"http://{self.host}{path}" for path in paths]

    def _article(self, raw: dict[str, Any]) -> Article:
        style = raw.get("style", self.raw["style"])
        report = reports().get(raw.get("report", ""))
        text = paragraphs(raw.get("text", ""))
        body = text_body(text, style)
        if report and not text:
            body = report_body(report, style)
        if raw.get("blank_form"):
            body += "\n" + blank_form(style)
        return Article(
            path=urlsplit(report.url).path if report else raw["path"],
            title=report.title if report else raw["title"],
            published=f"{report.published:%Y-%m-%d %H:%M}" if report else raw["published"],
            source=raw.get("source", self.raw["source"]),
            body=body,
            attachments=tuple((name, href) for name, href in raw.get("attachments", ())),
            column=raw.get("column", ""),
            also=tuple(raw.get("also", ())),
            wap=raw.get("wap", False),
            claims=raw.get("claims", ""),
            report=raw.get("report", ""),
        )

    def _column(self, raw: dict[str, Any]) -> Column:
        return Column(
            path=raw["path"],
            name=raw["name"],
            parent=raw.get("parent", ""),
            rows=tuple(self._row(row) for row in raw.get("rows", ())),
            links=tuple((name, href) for name, href in raw.get("links", ())),
            text=paragraphs(raw.get("text", "")),
            per_page=raw.get("per_page", 15),
        )

    def _row(self, raw: str | dict[str, str]) -> Row:
        """Return a row of a list: an article's path, or a title, a date and an address."""
        if isinstance(raw, dict):
            return Row(raw["title"], raw["href"], raw["date"])
        for article in self.articles.values():
            if raw in (article.path, *article.also):
                return Row(article.title, raw, article.date)
        raise KeyError(f"{self.host} has no article {raw}")

    def _column_pages(self, column: Column) -> dict[str, Page]:
        """Return a page's file name: index.html, index_1.html … (TRS), or list-1.html, list-2.html …."""
        size = column.per_page
        chunks = [column.rows[at : at + size] for at in range(0, len(column.rows), size)] or [()]
        folder = column.path if column.path.endswith("/") else column.path + "/"
        return {
            folder + self._list_name(number): self._html(
                "column.html",
                max((row.date for row in column.rows), default=self.newest),
                column=column,
                rows=rows,
                number=number,
                count=len(chunks),
            )
            for number, rows in enumerate(chunks)
        }

    def _list_name(self, number: int) -> str:
        if self.family == "htmls":
            return f"list-{number + 1}.html"
        return f"index_{number}.html" if number else "index.html"

    def _article_pages(self, article: Article) -> dict[str, Page]:
        pages = {}
        for path in (article.path, *article.also):
            page = {"article": article, "path": path, "column": self._column_of(path, article)}
            pages[path] = self._html("article.html", article.published, article.claims, **page)
        if article.wap:
            page = {"article": article, "path": article.twin, "column": None}
            pages[article.twin] = self._html("wap.html", article.published, article.claims, **page)
        return pages

    def _column_of(self, path: str, article: Article) -> Column | None:
        """Return the column of an address, by its folder or as the article names it."""
        inside = [name for name in self.columns if path.startswith(name)]
        name = article.column or max(inside, key=len, default="")
        return self.columns[name] if name else None

    def crumbs(self, column: Column | None) -> list[Column]:
        """Return the chain of columns from the outermost to this one."""
        chain: list[Column] = []
        while column:
            chain.insert(0, column)
            inside = [
                name
                for name in self.columns
                if column.path.startswith(name) and name != column.path
            ]
            parent = column.parent or max(inside, key=len, default="")
            column = self.columns[parent] if parent else None
        return chain

    def href(self, target: str, folder: str) -> str:
        """Return an address as a page in `folder` writes it: TRS writes ./ below its own folder."""
        if self.family == "trs" and folder and target.startswith(folder) and target != folder:
            return "./" + target.removeprefix(folder)
        return target

    def _html(self, template: str, modified: str, claims: str = "", **page: Any) -> Page:
        context = {"site": self.raw, "portal": self, "Markup": Markup, "crumbs": []}
        context["crumbs"] = self.crumbs(page["column"])
        text = self.templates.get_template(template).render(context | page)
        return Page(
            body=text.encode(self.encoding, errors="xmlcharrefreplace"),
            content_type=claims or self.raw["content_type"],
            modified=local_time(modified),
            encoding=self.encoding,
            gzip=self.raw.get("gzip", False),
        )

    def _file(self, raw: dict[str, str]) -> Page:
        """Return a file beside the pages: bytes from this folder, or the text in the data."""
        if "file" in raw:
            body = (HERE / raw["file"]).read_bytes()
        else:
            body = raw["text"].encode(self.encoding)
        return Page(body, raw["type"], local_time(raw.get("modified", self.newest)), self.encoding)

    def _redirect(self, target: str) -> Page:
        return Page(b"", "text/html", local_time(self.newest), status=301, location=target)
