"""Forms of known products that differ from their families, and lists that are static in other ways."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from urllib.parse import urlencode

from gongkai.replica.pages import Page
from tests.replica.families.fetched import JcmsLayout, JpaasLayout
from tests.replica.families.interfaces import InterfaceLayout, SzinfLayout
from tests.replica.families.layout import Layout, answer_of
from tests.replica.families.place import Column, Item


class PagersLayout(Layout):
    """The pages of lists are numbered files, and each column names them by another pager."""

    name = "pagers"
    rows = 3

    def home_of(self, column: Column) -> str:
        return f"/zwgk/{column.slug}/{self.stem(column)}.html"

    def stem(self, column: Column) -> str:
        return ("index", "index", "list", "nlist", "index")[column.number % 5]

    def address(self, item: Item) -> str:
        return f"/zwgk/{self.column_of[item.number].slug}/{1_926_600_000 + item.number}/index.html"

    def page_of(self, column: Column, number: int, count: int) -> str:
        counts_from_one = column.number % 5 == 3
        name = f"{self.stem(column)}_{number + counts_from_one}" if number else self.stem(column)
        return f"/zwgk/{column.slug}/{name}.html"

    def pager(self, column: Column, number: int, count: int) -> str:
        following = (
            f'<a href="javascript:next({number + 1})">下一页</a>' if number + 1 < count else ""
        )
        return (
            f'<script>createPage({count}, {number}, "index", "html")</script>',
            f"<script>Pager({{size:{count}, current:{number}, prefix:'index', suffix:'html'}})</script>",
            f'<script>var countPage = {count}; createPageHTML(countPage, {number}, "list", "html")</script>',
            f"<script>nsetpage({number + 1},{count},{self.rows})</script>",
            following,
        )[column.number % 5]


class PcListLayout(Layout):
    """/pc/list/: no anchors; rows are JSON in a script, their addresses JSON in that."""

    name = "pclist"
    rows = 50

    def home_of(self, column: Column) -> str:
        return f"/qsx/{column.slug}/pc/list.html"

    def address(self, item: Item) -> str:
        number = 1_900_000_000_000_000_000 + item.number
        return f"/qsx/{self.column_of[item.number].slug}/pc/content/content_{number}.html"

    def page_of(self, column: Column, number: int, count: int) -> str:
        return self.home_of(column)

    def target(self, item: Item) -> str:
        return self.address(item)

    def item(self, item: Item) -> None:
        """Every row has its article, which names the file."""
        super().item(item if item.shape != "pdf" else replace(item, shape="attached"))

    def list_html(self, items: Sequence[Item], path: str) -> str:
        rows = [
            {
                "id": str(item.number),
                "title": item.title,
                "pubDate": f"{item.day} 10:00:00",
                "urls": json.dumps({"pc": self.target(item)}),
                "articleFiles": [
                    {"fileName": f"{item.title}.pdf", "filePath": self.file(item), "domainName": f"http://{self.place.host}"}
                ] * (item.shape != "page"),
            }
            for item in items
        ]  # fmt: skip
        data = json.dumps({"total": len(rows), "articleList": rows}, ensure_ascii=False)
        return f'<div id="app"></div><script>window.pageData={data}</script>'


class GkLayout(Layout):
    """One page for each organ (`?gk=4&cid=N`), whose menu has its addresses in data-url; rows in cells."""

    name = "gk"
    rows = 3

    def home_of(self, column: Column) -> str:
        if column.below and not column.group:
            return f"/zfxxgk/{column.slug}/?gk=4&cid={column.number}"
        return f"/zfxxgk/{self.place.root.slug}/{column.slug}/"

    def address(self, item: Item) -> str:
        home = self.home_of(self.column_of[item.number])
        return (
            f"{home}{item.day[:4]}{item.day[5:7]}/t{item.day.replace('-', '')}_{item.number}.html"
        )

    def page_of(self, column: Column, number: int, count: int) -> str:
        home = self.home_of(column)
        return f"{home}index_{number}.html" if number else home

    def pager(self, column: Column, number: int, count: int) -> str:
        return f"<script>var countPage = {count}; // pages in all</script>" if column.items else ""

    def link(self, name: str, path: str) -> str:
        if "公开" in name and "目录" not in name:
            return f'<a href="javascript:;" data-url="{path}">{name}</a> '
        return super().link(name, path)

    def list_html(self, items: Sequence[Item], path: str) -> str:
        rows = "".join(
            f'<tr><td>{n}</td><td><a href="{self.target(item)}" title="{escape(item.title)}">{item.title[:14]}…</a></td>'
            f"<td>{item.day}</td></tr>"
            for n, item in enumerate(items, 1)
        )
        return f"<table>{rows}</table>"


class JcmsPagesLayout(InterfaceLayout, JcmsLayout):
    """A servlet of another name that knows pages only, and gives one for a group of three."""

    name = "jcms-pages"
    rows = 3
    service = "/module/web/jpage/morecolumndataproxy.jsp"
    column_field, number_field, method = "columnid", "page", "GET"

    def script(self, column: Column, count: int) -> str:
        return (
            f"<script>var p={{col:1,appid:1,webid:1,path:'/',columnid:{column.number},sourceContentType:1,"
            f"unitid:'9{column.number}',webname:'{self.place.name}',permissiontype:0}};$('#9').jpage({{dataBefore:'',"
            f"totalRecord:{len(column.items)},perPage:{self.rows},proxyUrl:'{self.service}',ajaxParam:p}});</script>"
        )

    def answer(self, items: Sequence[Item], number: int, total: int) -> Page:
        return answer_of(self.records(items, ""), "text/xml")


class JpaasScriptLayout(InterfaceLayout, JpaasLayout):
    """The values of a part stand in an ordinary script; a second part has the links beside the list."""

    name = "jpaas-script"
    rows = 3
    service = JpaasLayout.unit
    column_field, method = "pageId", "GET"

    def script(self, column: Column, count: int) -> str:
        return (
            f"<script>var webId='52',pageId='{self.key(column)}',tplSetId='MsPk';"
            "var list={tagId:'分页列表'}, side={tagId:'右侧内容'};</script>"
            f'<script src="{self.service.rpartition("/front")[0]}/unitbuild.js"></script>'
        )

    def serve(self, method: str, fields: Mapping[str, str]) -> Page | None:
        if fields.get("tagId") != "分页列表":
            return answer_of(json.dumps({"data": {"html": "<p>相关链接</p>"}}), "application/json")
        wanted = json.loads(fields.get("paramJson", "{}"))
        return super().serve(method, dict(fields) | {"": str(wanted.get("pageNo", 1))})

    def answer(self, items: Sequence[Item], number: int, total: int) -> Page:
        html = self.list_html(items, "")
        html += (
            f'<div class="pagination" rows="{self.rows}" count="{total}" pageNo="{number}"></div>'
        )
        return answer_of(json.dumps({"code": 200, "data": {"html": html}}), "application/json")

    def lists(self, column: Column) -> None:
        super().lists(column)
        if column.items:
            self.answers[column.number].add(f"{self.service}#{column.number} side")


class ScriptFileLayout(SzinfLayout):
    """A page says which column it is, and a script file how its list is requested."""

    name = "scriptfile"

    def script(self, column: Column, count: int) -> str:
        return f'<script>var channelId = "{self.key(column)}";</script><script src="/js/list.js"></script>'

    def build(self) -> dict[str, Page]:
        pages = super().build()
        load = (
            f'function load(n) {{ $.ajax({{ url: "{self.service}?pageSize={self.rows}", type: "POST",'
            " data: {pageIndex: n, channel_id: channelId}, success: draw }) }"
        )
        self.put("/js/list.js", load, "application/javascript")
        return pages

    def needed(self) -> set[str]:
        return super().needed() | {"/js/list.js"}


class EportalLayout(InterfaceLayout):
    """辽宁: everything is one address with other parameters; rows are JSON by GET."""

    name = "eportal"
    rows = 3
    service = "/eportal/ui"
    column_field, number_field, method = "moduleId", "pageNo", "GET"

    def key(self, column: Column) -> str:
        return f"{column.number:032x}"

    def home_of(self, column: Column) -> str:
        return f"/zwgk/{column.slug}/index.html"

    def address(self, item: Item) -> str:
        return f"/zwgk/{self.column_of[item.number].slug}/{item.day.replace('-', '')}{item.number}/index.shtml"

    def script(self, column: Column, count: int) -> str:
        query = urlencode(
            {"moduleId": self.key(column), "portal.url": "/portlet/xxgkml!queryList.portlet"}
        )
        return (
            f'<script>function load(pageNo){{ $.ajax({{url: "{self.service}?{query}&pageNo=" + pageNo + "&pageSize={self.rows}",'
            'dataType: "json", success: draw}); }</script>'
        )

    def answer(self, items: Sequence[Item], number: int, total: int) -> Page:
        rows = [{"title": i.title, "url": self.target(i), "publishDate": i.day} for i in items]
        return answer_of(json.dumps({"totalCount": total, "result": rows}), "application/json")
