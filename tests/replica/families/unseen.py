"""Families that the crawler has no class for: words, dates and content are all there is."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tests.replica.families.layout import Layout
from tests.replica.families.place import Column, Item


def uuid(item: Item) -> str:
    return str(UUID(item.hex))


class Numbered(Layout):
    """Pages by a parameter, found by 下一页 alone."""

    def page_of(self, column: Column, number: int, count: int) -> str:
        return self.home_of(column) + (f"?page={number + 1}" if number else "")

    def pager(self, column: Column, number: int, count: int) -> str:
        following = number + 1
        return (
            self.link("下一页", self.page_of(column, following, count)) if following < count else ""
        )


class HebeiLayout(Numbered):
    """/columns/<uuid>/YYYYMM/DD/<uuid>.html"""

    name = "hebei"

    def home_of(self, column: Column) -> str:
        return f"/columns/{UUID(int=column.number * 7919 << 64)}/index.html"

    def address(self, item: Item) -> str:
        home = self.home_of(self.column_of[item.number]).removesuffix("index.html")
        return f"{home}{item.day[:4]}{item.day[5:7]}/{item.day[8:]}/{uuid(item)}.html"


class SichuanLayout(Numbered):
    """/cols/YYYY/M/D/<32 hex>.shtml; the tree of units stands in a script."""

    name = "sichuan"

    def home_of(self, column: Column) -> str:
        return f"/zwgk/{column.slug}/list.shtml"

    def address(self, item: Item) -> str:
        year, month, day = (int(part) for part in item.day.split("-"))
        return f"/cols/{year}/{month}/{day}/{item.hex}.shtml"

    def link(self, name: str, path: str) -> str:
        if name.endswith(("局", "委员会")):
            return f'<script>nodes.push({{id:1, name:"{name}", url:"{path}"}});</script>'
        return super().link(name, path)


class ShanghaiLayout(Numbered):
    """/YYYYMMDD/<32 hex>.html; units are chosen from a list."""

    name = "shanghai"

    def home_of(self, column: Column) -> str:
        return f"/{column.slug}/index.html"

    def address(self, item: Item) -> str:
        return f"/{self.column_of[item.number].slug}/{item.day.replace('-', '')}/{item.hex}.html"

    def link(self, name: str, path: str) -> str:
        if name.endswith(("局", "委员会")):
            return f'<select onchange="window.open(this.value)"><option value="{path}">{name}</option></select>'
        return super().link(name, path)


class ArtviewLayout(Numbered):
    """/zfxxgk/artview/195/169170.html?nbYear=2024&orgCode=…; rows of a table, opened by a click."""

    name = "artview"

    def home_of(self, column: Column) -> str:
        return f"/zfxxgk/{column.slug}/"

    def address(self, item: Item) -> str:
        column = self.column_of[item.number].number
        return f"/zfxxgk/artview/{column}/{item.number}.html?nbYear={item.year}&orgCode={item.unit.slug.upper()}"

    def file(self, item: Item) -> str:
        return f"/upload/{item.hex}.docx"

    def list_html(self, items: Sequence[Item], path: str) -> str:
        rows = (
            f"<tr><td onclick=\"window.open('{self.target(item)}')\">{item.title}</td><td>{item.day}</td></tr>"
            for item in items
        )
        return f"<table>{''.join(rows)}</table>"


class PlainLayout(Layout):
    """Addresses that say nothing (/a/b/c), titles cut short, dates without a year before them."""

    name = "plain"

    def home_of(self, column: Column) -> str:
        return f"/{column.number}/index.jhtml"

    def address(self, item: Item) -> str:
        return f"/{self.column_of[item.number].number}/x{item.hex[:5]}"

    def page_of(self, column: Column, number: int, count: int) -> str:
        return self.home_of(column).replace("index", f"index_{number + 1}" if number else "index")

    def pager(self, column: Column, number: int, count: int) -> str:
        return "".join(self.link(str(n + 1), self.page_of(column, n, count)) for n in range(count))

    def list_html(self, items: Sequence[Item], path: str) -> str:
        rows = (
            f'<li><span>[{item.day[5:]}]</span><a href="{self.target(item)}">{item.title[:10]}...</a></li>'
            for item in items
        )
        return f"<ul>{''.join(rows)}</ul>"


UNSEEN = (HebeiLayout, SichuanLayout, ShanghaiLayout, ArtviewLayout, PlainLayout)
