"""Portals of UCAP and of TRS whose lists come from a search by the number of a column."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape

from gongkai.replica.pages import Page
from tests.replica.families.interfaces import InterfaceLayout
from tests.replica.families.layout import Layout, answer_of
from tests.replica.families.place import Column, Item


class FujianLayout(InterfaceLayout):
    """The first rows in the page, each in a list of its own; the others by a form with classsql."""

    name = "fujian"
    suffix = ".htm"
    content = '<div class="article_content"><div class=TRS_Editor>{}</div></div>'
    service = "/fjdzapp/search"
    column_field, number_field = "classsql", "page"

    def home_of(self, column: Column) -> str:
        return f"/zwgk/{column.slug}/"

    def key(self, column: Column) -> str:
        return f"chnlid={column.number}"

    def address(self, item: Item) -> str:
        day = item.day.replace("-", "")
        folder = self.home_of(self.column_of[item.number])
        return f"{folder}{day[:6]}/t{day}_{item.number}.htm"

    def page(self, title: str, body: str, head: str = "") -> str:
        return super().page(title, f'<div ms-controller="windowRoot">{body}</div>', head)

    def lists(self, column: Column) -> None:
        super().lists(column)
        if column.items:  # the first page is that of the column
            self.answers[column.number].discard(f"{self.service}#{column.number} 0")

    def script(self, column: Column, count: int) -> str:
        first = "".join(
            f'<dl><dd><a href="{self.target(item)}">{item.title}</a></dd><dd>{item.day}</dd></dl>'
            for item in column.items[: self.rows]
        )
        return f"""<div ms-visible="showStatic">{first}</div>
<dl ms-repeat="list"><dd><a ms-attr-href="el.chnldocurl" ms-text="el.doctitle|html"></a></dd></dl>
<script>var SiteInfo = {{ searchId: 300417, //the index of this site
  defaultPgTemp: "pgBar.html" }};</script>
<script>require(["list2.trsapi", "tools"], function(listModel, tools) {{
  listModel({{ quickMode: "动静结合", maxStaticIndex: 1,
    listArgs: {{ channelid: SiteInfo.searchId, classsql: "" || "{self.key(column)}", sortfield: "-docreltime" }},
    pagebar: {{ prepage: {self.rows}, recordCount: '{len(column.items)}', pgTemp: "pgBar_xxgk.html" }} }});
}});</script>"""

    def serve(self, method: str, fields: Mapping[str, str]) -> Page | None:
        assert fields["channelid"] == "300417"
        return super().serve(method, fields)

    def answer(self, items: Sequence[Item], number: int, total: int) -> Page:
        rows = [
            {
                "doctitle": item.title,
                "chnldocurl": f"http://{self.place.host}{self.target(item)}",
                "docpuburl": f"http://{self.place.host}{self.target(item)}",
                "docreltime": f"{item.day.replace('-', '.')} 09:00:00",
                "files": "",
            }
            for item in items
        ]
        data = {
            "error": False,
            "page": number,
            "prepage": self.rows,
            "pageCount": -(-total // self.rows),
            "recordCount": total,
            "data": rows,
            "classes": None,
        }
        return answer_of(json.dumps(data), "application/json")


class UcapSearchLayout(InterfaceLayout):
    """The page names its channel in a meta tag and nothing else: which search answers has to be tried."""

    name = "ucap-search"
    suffix = ".shtml"
    content = '<div id="UCAP-CONTENT">{}</div>'
    column_field, number_field, method = "", "page", "GET"

    def home_of(self, column: Column) -> str:
        return f"/demo/c{100_000 + column.number}/zfxxgk.shtml?tab={column.slug}"

    def key(self, column: Column) -> str:
        return f"{column.number:032x}"

    def address(self, item: Item) -> str:
        month = item.day[:7].replace("-", "")
        code = 100_000 + self.column_of[item.number].number
        return f"/demo/c{code}/{month}/c{code}_{item.hex}.shtml"

    def lists(self, column: Column) -> None:
        meta = f'<meta name="channelid" content="{self.key(column)}">'
        self.put(self.home_of(column), meta + self.column_page(column, '<ul class="list"></ul>'))
        if column.items:
            self.put_list(column)

    def put_list(self, column: Column) -> None:
        """Put the list of a column into the search."""
        path = f"/searchList/{self.key(column)}"
        count = len(self.parts(column.items))
        self.answers[column.number] = {f"{path}#{number}" for number in range(count)}
        self.interfaces[path] = lambda method, fields: self.found_for(column, method, fields)

    def found_for(self, column: Column, method: str, fields: Mapping[str, str]) -> Page | None:
        """Answer with a page of the list of a column."""
        parts = self.parts(column.items)
        number = int(fields["page"])
        if method != "GET" or fields["_isJson"] != "true" or not 1 <= number <= len(parts):
            return None
        return self.answer(parts[number - 1], number, len(column.items))

    def answer(self, items: Sequence[Item], number: int, total: int) -> Page:
        rows = [
            {"title": i.title, "subTitle": "", "url": self.target(i), "publishedTimeStr": i.day}
            for i in items
        ]
        data = {"total": total, "page": number, "rows": self.rows, "results": rows}
        return answer_of(json.dumps({"data": data}), "application/json")


class UcapTreeLayout(UcapSearchLayout):
    """The menu is a tree of channels, requested by the page of disclosure; it has no addresses."""

    name = "ucap-tree"

    def lists(self, column: Column) -> None:
        if column is self.place.root:
            self.interfaces["/common/getChannelList"] = self.tree
            self.answers[column.number] = {"/common/getChannelList#"}
            ask = "$.getJSON('/common/getChannelList', {channelCode: code, websiteCodeName: 'demo'}, draw)"
            script = f"<script>var code = 'c{100_000 + column.number}'; {ask};</script>"
            self.put(self.home_of(column), self.page(column.name, f'<div id="menu"></div>{script}'))
        elif column is self.place.news:
            self.put(self.home_of(column), self.column_page(column, ""))
        elif column.items:
            self.put_list(column)

    def put_list(self, column: Column) -> None:
        path = f"/common/search/{self.key(column)}"
        count = len(self.parts(column.items))
        self.answers[column.number] = {f"{path}#{number}" for number in range(count)}
        self.interfaces[path] = lambda method, fields: self.found_for(column, method, fields)

    def tree(self, method: str, fields: Mapping[str, str]) -> Page | None:
        """Answer with the columns below the root, and those of each department."""
        if fields != {
            "channelCode": f"c{100_000 + self.place.root.number}",
            "websiteCodeName": "demo",
        }:
            return None
        nodes = [self.node(column) for column in self.place.root.below]
        return answer_of(json.dumps({"results": {"children": nodes}}), "application/json")

    def node(self, column: Column) -> dict[str, object]:
        """A channel with those below it."""
        return {
            "channelId": self.key(column),
            "channelCode": f"c{100_000 + column.number}",
            "channelName": column.slug,
            "displayName": column.name,
            "children": [self.node(below) for below in column.below],
        }


class UcapTaxLayout(UcapSearchLayout):
    """The tax offices: a form with pages from 0, titles as HTML, articles called content.html."""

    name = "ucap-tax"
    service = "/getFileListByCodeId"
    column_field, number_field, first, method = "channelId", "page", 0, "POST"

    def address(self, item: Item) -> str:
        return f"/chinatax/n810/c{5_000_000 + item.number}/content.html"

    def lists(self, column: Column) -> None:
        InterfaceLayout.lists(self, column)

    def script(self, column: Column, count: int) -> str:
        return (
            f"<script>var channelId = '{self.key(column)}';\nfunction load(page) {{ $.ajax({{ type: 'POST', "
            f"url: '{self.service}', data: {{ channelId: channelId, page: page - 1, size: {self.rows}, "
            "relateSubChannels: true }, success: draw }) }</script>"
        )

    def answer(self, items: Sequence[Item], number: int, total: int) -> Page:
        rows = [
            {
                "titleHtml": f"<em>{escape(item.title[:4])}</em>{escape(item.title[4:])}",
                "url": f"http://{self.place.host}{self.target(item)}",
                "publishedTimeStr": f"{item.day} 00:00:00",
            }
            for item in items
        ]
        data = {"results": {"data": {"total": total, "results": rows}}}
        return answer_of(json.dumps(data), "application/json")


class TrsSearchLayout(InterfaceLayout):
    """Lists of TRS from one of its interfaces; the articles lie where all of TRS has them."""

    def home_of(self, column: Column) -> str:
        return f"/zwgk/{column.slug}/index.html"

    def address(self, item: Item) -> str:
        day = item.day.replace("-", "")
        return f"/zwgk/{self.column_of[item.number].slug}/{day[:6]}/t{day}_{item.number}.html"


class IgsLayout(TrsSearchLayout):
    """IGS: by GET with many fields; the names of rows are in capitals."""

    name = "trs-igs"
    service = "/igs/front/search/publish/data/list.html"
    column_field, number_field, method = "filter[CHANNELID]", "pageNumber", "GET"

    def script(self, column: Column, count: int) -> str:
        return (
            f'<script>function load(n) {{ $.ajax({{ url: "{self.service}", type: "get", dataType: "json", data: {{ index: "demo-v20310101", '
            f'type: "infomation", siteId: 9, pageSize: {self.rows}, pageNumber: n, orderProperty: "DOCRELTIME", '
            f'"filter[SITEID]": 9, "filter[CHANNELID]": "{column.number}" }}, success: draw }}) }}</script>'
        )

    def answer(self, items: Sequence[Item], number: int, total: int) -> Page:
        rows = [
            {
                "DOCTITLE": item.title,
                "DOCPUBURL": f"http://{self.place.host}{self.target(item)}",
                "DOCRELTIME": item.day,
            }
            for item in items
        ]
        data = {"total": total, "pageNumber": number, "pageSize": self.rows, "rows": rows}
        return answer_of(json.dumps(data), "application/json")


class WasLayout(TrsSearchLayout):
    """WAS: the answer is called JSON and is none."""

    name = "trs-was"
    service = "/was5/web/search"
    column_field, number_field, method = "classsql", "page", "GET"

    def key(self, column: Column) -> str:
        return f"chnlid={column.number}"

    def script(self, column: Column, count: int) -> str:
        return (
            f"<script>var chnl = 'chnlid={column.number}'; $.get('{self.service}', {{ channelid: 209001, classsql: chnl, "
            f"templet: 'docs.jsp', orderby: '-docreltime', page: 1, prepage: {self.rows} }}, draw)</script>"
        )

    def answer(self, items: Sequence[Item], number: int, total: int) -> Page:
        rows = ",\n''\n".join(
            f'{{"title":"{item.title}","chnldocurl":"{self.target(item)}","time":"{item.day}"}}'
            for item in items
        )
        text = f'{{"count":"{total}","recordCount":"{total}","docs":[{rows}]}}'
        return answer_of(text, "text/html")


class IrsLayout(TrsSearchLayout):
    """IRS: JSON by POST, the column in a filter within; rows have the names of table columns."""

    name = "trs-irs"
    service = "/irs/front/list"
    column_field, number_field = "customFilter", "pageNo"

    def script(self, column: Column, count: int) -> str:
        return f"""<script>var param = {{ tenantId: 99, tableName: "t_18a000000000", pageNo: 1, pageSize: {self.rows}, isPage: true,
 sorts: [{{ sortField: "save_time", sortOrder: "DESC" }}],
 customFilter: {{ operator: "and", properties: [{{ property: "channel_id", operator: "eq", value: "{column.number}" }}] }} }};
$.ajax({{ url: "{self.service}", type: "POST", contentType: "application/json", data: JSON.stringify(param), success: draw }});</script>"""

    def serve(self, method: str, fields: Mapping[str, str]) -> Page | None:
        columns = {str(column.number): column for column in self.place.columns()}
        (wanted,) = (number for number in columns if f"'{number}'" in fields["customFilter"])
        return super().serve(method, {**fields, "customFilter": wanted})

    def answer(self, items: Sequence[Item], number: int, total: int) -> Page:
        rows = [
            {
                "f_202100000001": str(item.number),
                "f_202100000009": item.title,
                "doc_pub_url": f"http://{self.place.host}{self.target(item)}",
                "save_time": f"{item.day} 10:00:00",
            }
            for item in items
        ]
        pager = {"pageNo": number, "pageSize": self.rows, "total": total}
        data = {"code": 200, "data": {"pager": pager, "list": rows}}
        return answer_of(json.dumps(data), "application/json")


SEARCHES: tuple[type[Layout], ...] = (
    FujianLayout, UcapSearchLayout, UcapTreeLayout, UcapTaxLayout, IgsLayout, WasLayout, IrsLayout,
)  # fmt: skip
