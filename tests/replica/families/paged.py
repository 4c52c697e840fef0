"""Families whose lists are pages of their own: TRS, UCAP, Meetfine, VSB, Henan, Shaanxi, 卫滨区."""

from __future__ import annotations

from collections.abc import Sequence

from tests.replica.families.layout import Layout
from tests.replica.families.place import Column, Item


class TrsLayout(Layout):
    """index.html, index_1.html …, named by a script alone; documents lie beside the article."""

    name = "trs"
    content = '<div class="TRS_Editor">{}</div>'

    def home_of(self, column: Column) -> str:
        return f"/zwgk/{column.slug}_{column.number}/"

    def address(self, item: Item) -> str:
        home = self.home_of(self.column_of[item.number])
        return (
            f"{home}{item.day[:4]}{item.day[5:7]}/t{item.day.replace('-', '')}_{item.number}.html"
        )

    def page_of(self, column: Column, number: int, count: int) -> str:
        return self.home_of(column) + (f"index_{number}.html" if number else "index.html")

    def pager(self, column: Column, number: int, count: int) -> str:
        return f'<script>createPageHTML({count}, {number}, "index", "html");</script>'

    def list_html(self, items: Sequence[Item], path: str) -> str:
        rows = super().list_html(items, path)
        return rows.replace(f'href="{path.rpartition("/")[0]}/', 'href="./')


class UcapLayout(Layout):
    """xxgk_list.shtml, xxgk_list_2.shtml …"""

    name = "ucap"
    content = '<div id="UCAP-CONTENT" class="pages_content">{}</div>'

    def home_of(self, column: Column) -> str:
        return f"/qsx/c{100000 + column.number}/xxgk_list.shtml"

    def address(self, item: Item) -> str:
        column = self.column_of[item.number]
        return f"/qsx/c{100000 + column.number}/{item.day[:4]}{item.day[5:7]}/{item.hex}.shtml"

    def page_of(self, column: Column, number: int, count: int) -> str:
        home = self.home_of(column)
        return home.replace("list", f"list_{number + 1}") if number else home

    def pager(self, column: Column, number: int, count: int) -> str:
        total = len(column.items)
        return (
            f"<div id='page_div'></div><script>createPageHTML('page_div',{count}, {number + 1},"
            f"'xxgk_list','shtml',{total});</script>"
        )


class MeetfineLayout(Layout):
    """Organs and categories are numbers; reports stand in a module of their own, listed by year."""

    name = "meetfine"

    def home_of(self, column: Column) -> str:
        if column.name.endswith("年报"):
            return f"/OpennessAnnualReport/index/{column.number}.html"
        return f"/OpennessContent/showList/{column.number}/85522/page_1.html"

    def address(self, item: Item) -> str:
        module = "XxgkAnnualReport" if item.kind == "report" else "OpennessContent"
        return f"/{module}/show/{item.number}.html"

    def page_of(self, column: Column, number: int, count: int) -> str:
        return self.home_of(column).replace("page_1", f"page_{number + 1}")

    def pager(self, column: Column, number: int, count: int) -> str:
        return f"<script>$('.pager').pager({{ pagenumber: {number + 1}, pageCount: {count} }});</script>"

    def lists(self, column: Column) -> None:
        """The column of reports leads to years, and each year's page lists every agency."""
        if not column.name.endswith("年报"):
            return super().lists(column)
        years = sorted({item.day[:4] for item in column.items}, reverse=True)
        paths = {year: f"/OpennessAnnualReport/year/{column.number}/{year}.html" for year in years}
        links = "".join(f'<a href="{paths[year]}">{int(year) - 1}年</a>' for year in years)
        for year, path in paths.items():
            rows = [item for item in column.items if item.day[:4] == year]
            self.put(path, self.page(f"{year}年", links + self.list_html(rows, path)))
        self.put(self.home_of(column), self.column_page(column, links))
        return None

    def attachment(self, item: Item) -> str:
        return f"<p><a onclick=\"window.open('{self.file(item)}')\">下载附件</a></p>"


class VsbLayout(Layout):
    """<name>.htm, then <name>/3.htm, <name>/2.htm, <name>/1.htm; documents behind a servlet."""

    name = "vsb"
    suffix = ".htm"
    content = '<div id="vsb_content"><div class="v_news_content">{}</div></div>'

    def home_of(self, column: Column) -> str:
        return f"/zwgk/{column.slug}.htm"

    def address(self, item: Item) -> str:
        return f"/info/{self.column_of[item.number].number}/{item.number}.htm"

    def page_of(self, column: Column, number: int, count: int) -> str:
        home = self.home_of(column)
        return home if not number else f"{home.removesuffix('.htm')}/{count - number}.htm"

    def pager(self, column: Column, number: int, count: int) -> str:
        if number or count < 2:
            return ""
        last, following = self.page_of(column, count - 1, count), self.page_of(column, 1, count)
        return f'<td>共{count}页</td><a href="{following}">下页</a><a href="{last}">尾页</a>'

    def file(self, item: Item) -> str:
        if item.shape == "attached":
            return f"/system/_content/download.jsp?owner=1744&urltype=news.DownloadAttachUrl&wbfileid={item.number}"
        return f"/__local/9/2D/{item.hex.upper()}.pdf"

    def attachment(self, item: Item) -> str:
        return f'<li>附件【<a href="{self.file(item)}">{item.title}.pdf</a>】已下载<span>1</span>次</li>'


class HenanLayout(Layout):
    """list1.html, list2.html …; the number of pages stands in words alone."""

    name = "henan"

    def home_of(self, column: Column) -> str:
        return f"/sitesources/qsx/page_pc/zwgk/{column.slug}/list1.html"

    def address(self, item: Item) -> str:
        column = self.column_of[item.number]
        return f"/sitesources/qsx/page_pc/zwgk/{column.slug}/article{item.hex}.html"

    def page_of(self, column: Column, number: int, count: int) -> str:
        return self.home_of(column).replace("list1", f"list{number + 1}")

    def pager(self, column: Column, number: int, count: int) -> str:
        return f"<div>共<b>{count}</b>页 <a href='javascript:goPage(2)'>下一页</a></div>"


class ShaanxiLayout(Layout):
    """Ordinary numbered links; an article has 19 digits and lies in its column's folder."""

    name = "shaanxi"

    def home_of(self, column: Column) -> str:
        return f"/zwgk/fdzdgknr/{column.slug}/"

    def address(self, item: Item) -> str:
        home = self.home_of(self.column_of[item.number])
        return f"{home}{2015678676080000000 + item.number}.html"

    def page_of(self, column: Column, number: int, count: int) -> str:
        return self.home_of(column) + (f"{number + 1}.html" if number else "index.html")

    def pager(self, column: Column, number: int, count: int) -> str:
        return "".join(
            self.link(str(n + 1), self.page_of(column, n, count))
            for n in range(count)
            if n != number
        )


class HtmlsLayout(Layout):
    """The product of 卫滨区: the last page is linked from every page."""

    name = "htmls"

    def home_of(self, column: Column) -> str:
        return f"/htmls/{column.number}_{column.slug}/list-1.html"

    def address(self, item: Item) -> str:
        return f"/zwgk/{self.column_of[item.number].slug}/{1_280_000 + item.number}.html"

    def page_of(self, column: Column, number: int, count: int) -> str:
        return self.home_of(column).replace("list-1", f"list-{number + 1}")

    def pager(self, column: Column, number: int, count: int) -> str:
        return self.link("首页", self.home_of(column)) + self.link(
            "尾页", self.page_of(column, count - 1, count)
        )
