"""Families whose lists come from an interface that takes the column and the page as fields."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from uuid import UUID

from gongkai.replica.pages import Page
from tests.replica.families.layout import Layout, answer_of
from tests.replica.families.place import Column, Item


def uuid(text: str) -> str:
    """An id in the form of Epoint and truecms, from 32 hex digits."""
    return str(UUID(text))


class InterfaceLayout(Layout):
    """The page of a column has a script and no rows; one interface serves the lists of all columns.

    Subclasses say what the page holds (`script`), where the interface is (`service`), which field is
    the column and how its answer looks.
    """

    rows = 3
    service = ""
    column_field = ""
    number_field = ""
    first = 1
    method = "POST"

    def script(self, column: Column, count: int) -> str:
        """What the page of a column holds in place of rows."""
        raise NotImplementedError

    def answer(self, items: Sequence[Item], number: int, total: int) -> Page:
        """What the interface answers with a page of a list, from 1."""
        raise NotImplementedError

    def key(self, column: Column) -> str:
        """How the interface names a column."""
        return str(column.number)

    def lists(self, column: Column) -> None:
        """Put the page of a column, and its list into the interface."""
        parts = self.parts(column.items)
        self.put(
            self.home_of(column),
            self.column_page(column, self.script(column, len(parts)) if column.items else ""),
        )
        if column.items:
            self.answers[column.number] = {
                f"{self.service}#{column.number} {number}" for number in range(len(parts))
            }
        self.interfaces[self.service] = self.serve

    def serve(self, method: str, fields: Mapping[str, str]) -> Page | None:
        """Answer a request; without a column or a page that exists there are no rows."""
        columns = {self.key(column): column for column in self.place.columns()}
        column = columns.get(fields.get(self.column_field, ""))
        if method != self.method or column is None:
            return answer_of("<html><title>404</title></html>")
        text = fields.get(self.number_field, "") or str(self.first)
        parts = self.parts(column.items)
        number = int(text) - self.first
        items = parts[number] if number < len(parts) else ()
        return self.answer(items, number + 1, len(column.items))


class HanwebXxgkLayout(InterfaceLayout):
    """/module/xxgk/search.jsp by POST: organ and category in the body, the page in the address."""

    name = "hanweb-xxgk"
    content = '<div id="zoom">{}</div>'
    service = "/module/xxgk/search.jsp"
    column_field, number_field = "infotypeId", "currpage"

    def home_of(self, column: Column) -> str:
        return f"/col/col{column.number}/index.html" + (
            f"?number={self.key(column)}" if column.items else ""
        )

    def key(self, column: Column) -> str:
        return f"D{column.number}"

    def address(self, item: Item) -> str:
        year, month, day = (int(part) for part in item.day.split("-"))
        return (
            f"/art/{year}/{month}/{day}/art_{self.column_of[item.number].number}_{item.number}.html"
        )

    def script(self, column: Column, count: int) -> str:
        return (
            f'<div id="div{column.number}"></div><script>$.ajax({{type:"post",url:"{self.service}?texttype=&fbtime='
            '&vc_all=&vc_filenumber=&vc_title=&vc_number=&currpage=&sortfield=",\n'
            f'data:{{infotypeId:"{self.key(column)}",jdid:"15",area:"11{self.place.code}MB",divid:"div{column.number}",'
            'standardXxgk:"0"},success:draw})</script>'
        )

    def answer(self, items: Sequence[Item], number: int, total: int) -> Page:
        rows = "".join(
            f'<tr class="tr_main_value_odd"><td>{n}</td><td><a href="http://{self.place.host}{self.target(item)}" '
            f'mc="{escape(item.title)}" title="{escape(item.title)}">{item.title[:14]}…</a></td><td>{item.day}</td></tr>'
            for n, item in enumerate(items, 1)
        )
        pages = -(-total // self.rows)
        return answer_of(
            f'<table>{rows}</table><div class="page">第{number}页 共{pages}页 共{total}条</div>'
        )

    def file(self, item: Item) -> str:
        return f"/module/download/downfile.jsp?classid=0&filename={item.hex}.pdf"


class LonsunLayout(InterfaceLayout):
    """/public/column/<organ>?type=N; departments list their years, the others use Ls.ajax."""

    name = "lonsun"
    service = "/site/label/8888"
    column_field, number_field, method = "catId", "pageIndex", "GET"

    def home_of(self, column: Column) -> str:
        if column.group:
            return f"/public/column/{column.number}?type=4&action=rel"
        if "年报" in column.name or "年度报告" in column.name:
            return f"/public/column/{column.number}?type=3&action=list"
        return f"/public/column/{column.number}?type=4&action=list"

    def address(self, item: Item) -> str:
        return f"/public/{self.column_of[item.number].number}/{item.number}.html"

    def link(self, name: str, path: str) -> str:
        """The menu has pictures: columns of reports are known by their address alone."""
        shown = '<img src="/images/nb.png">' if "type=3" in path else name
        return f'<a href="{path}">{shown}</a> '

    def lists(self, column: Column) -> None:
        if not column.name.endswith("年度报告"):
            return super().lists(column)
        years = "".join(
            f'<li><a href="{self.target(item)}">{item.year}年</a></li>' for item in column.items
        )
        self.put(self.home_of(column), self.column_page(column, f'<ul id="timeFrame">{years}</ul>'))
        return None

    def script(self, column: Column, count: int) -> str:
        return (
            '<div id="xxgk_lmcon"></div><div id="page_public_info"></div><script>Ls.pagination("#page_public_info",'
            f'function(i){{Ls.ajax({{url:"{self.service}",dataType:"html",data:{{labelName:"publicInfoList",siteId:"9000001",'
            f'pageSize:"{self.rows}",pageIndex:i,action:"list",organId:"{column.number}",type:"4",catId:"{column.number}",cId:"",'
            f'result:"无",file:"/xxgk/list"}}}})}},{{currentPage:1,pageCount:{count},total:{len(column.items)}}})</script>'
        )

    def answer(self, items: Sequence[Item], number: int, total: int) -> Page:
        rows = "".join(
            f'<ul class="clearfix xxgk_nav_list"><li class="title"><a href="http://{self.place.host}{self.target(item)}" '
            f'title="{escape(item.title)}">{item.title[:14]}…</a></li><li class="date"><span>{item.day}</span></li></ul>'
            for item in items
        )
        return answer_of(rows or '<div class="none">无</div>')

    def file(self, item: Item) -> str:
        """Addresses in scripts are known by their suffix alone."""
        return (
            f"/oldfiles/{item.hex}.pdf"
            if item.shape == "script"
            else f"/site/file/download/{item.number}"
        )


class TrueCmsLayout(InterfaceLayout):
    """First rows in the page, the others as JSONP whose text is a <datastore>, ten at most."""

    name = "truecms"
    service = "/truecms/messageController/getMessage.do"
    column_field, number_field, method = "columnId", "", "GET"
    most = 4  # records of an answer, whatever is asked for

    def home_of(self, column: Column) -> str:
        return f"/qsx/{column.slug}/{column.slug}.html"

    def key(self, column: Column) -> str:
        return uuid(f"{column.number:032x}")

    def address(self, item: Item) -> str:
        return f"/qsx/{self.column_of[item.number].slug}/content/{uuid(item.hex)}.html"

    def lists(self, column: Column) -> None:
        super().lists(column)
        starts = range(self.rows, len(column.items), self.most)
        self.answers[column.number] = {f"{self.service}#{column.number} {at}" for at in starts}

    def script(self, column: Column, count: int) -> str:
        first = self.list_html(column.items[: self.rows], "")
        return (
            f'<div id="initData">{first}</div><script>$("#list").jpage({{dataBefore:"",totalRecord:{len(column.items)},'
            f"perPage:{self.rows},groupSize:3,proxyUrl:'{self.service}',ajaxParam:{{columnId:'{self.key(column)}'}}}})</script>"
        )

    def serve(self, method: str, fields: Mapping[str, str]) -> Page | None:
        columns = {self.key(column): column for column in self.place.columns()}
        items = columns[fields["columnId"]].items
        start, end = int(fields["startrecord"]), int(fields["endrecord"])
        return self.answer(items[start - 1 : min(end, start + self.most - 1)], 1, len(items))

    def answer(self, items: Sequence[Item], number: int, total: int) -> Page:
        records = "".join(
            f'<record><![CDATA[<li><a href="{self.target(item)}" title="{escape(item.title)}">{item.title[:14]}…</a>'
            f"<span>{item.day}</span></li>]]></record>"
            for item in items
        )
        text = f"<datastore><totalrecord>{total}</totalrecord><recordset>{records}</recordset></datastore>"
        return answer_of(f"callback({json.dumps({'result': text})})", "application/javascript")


class EpointLayout(InterfaceLayout):
    """POST of JSON with pages from 0; departments have static lists whose rows a script file opens.

    The interface's project and site stand in one file, the function that opens a row in another.
    """

    name = "epoint"
    service = "/EWB-QSX/rest/lightfrontaction/getgovinfolist"
    guid = "0f5eb7f1-9041-43ad-8e13-8fcb82ea831a"
    column_field, number_field, first = "categorynum", "pageIndex", 0

    def home_of(self, column: Column) -> str:
        if column.name.endswith("年度报告"):
            return f"/govxxgk/{column.number}/{column.slug}/list.html"
        return f"/dynamic/zwgk/govInfoPub.html?deptcode=014&categorynum={column.number}"

    def address(self, item: Item) -> str:
        column = self.column_of[item.number]
        if column.name.endswith("年度报告"):
            return (
                f"/govxxgk/openDetail.html?infoid={uuid(item.hex)}&categorynum={column.number}001"
            )
        return f"/govxxgk/{column.number}/{item.day}/{uuid(item.hex)}.html"

    def page(self, title: str, body: str, head: str = "") -> str:
        files = ("jquery.min.js", "webBuilderCommon.js", "xxgklist.js")
        return super().page(
            title, body, "".join(f'<script src="/js/{name}"></script>' for name in files) + head
        )

    def build(self) -> dict[str, Page]:
        pages = super().build()
        site = {"siteGuid": self.guid, "projectName": "EWB-QSX"}
        self.put(
            "/js/webBuilderCommon.js",
            f"var siteInfo = {json.dumps(site)};",
            "application/javascript",
        )
        opener = "function linkToNew(id, cat) { window.open('/govxxgk/openDetail.html?infoid=' + id + '&categorynum=' + cat); }"
        self.put("/js/xxgklist.js", opener, "application/javascript")
        return pages

    def needed(self) -> set[str]:
        return super().needed() | {"/js/webBuilderCommon.js", "/js/xxgklist.js"}

    def script(self, column: Column, count: int) -> str:
        return '<div id="list"></div>'

    def lists(self, column: Column) -> None:
        """Rows of a static list lead to pages: a file has no day in its address."""
        if not column.name.endswith("年度报告"):
            return super().lists(column)
        rows = "".join(
            f"<tr><td><a href=\"javascript:void(0)\" onclick=\"linkToNew('{uuid(item.hex)}','{column.number}001')\" "
            f'title="{escape(item.title)}">{item.title[:12]}…</a></td><td>{item.day}</td></tr>'
            for item in column.items
        )
        self.put(self.home_of(column), self.column_page(column, f"<table>{rows}</table>"))
        return None

    def target(self, item: Item) -> str:
        return self.address(item)

    def item(self, item: Item) -> None:
        super().item(item if item.shape != "pdf" else replace(item, shape="attached"))

    def serve(self, method: str, fields: Mapping[str, str]) -> Page | None:
        return super().serve(method, fields) if fields.get("siteGuid") == self.guid else None

    def answer(self, items: Sequence[Item], number: int, total: int) -> Page:
        data = [
            {
                "title": item.title,
                "realtitle": item.title,
                "infourl": self.target(item),
                "infodate": item.day,
            }
            for item in items
        ]
        return answer_of(json.dumps({"custom": {"total": total, "data": data}}), "application/json")

    def file(self, item: Item) -> str:
        folder = f"/EWB-FRONT/rest/attach/getAttach?attachGuid={uuid(item.hex)}"
        return f"/file/{item.hex}.pdf" if item.shape == "script" else folder


class CmswebLayout(InterfaceLayout):
    """淮安: a form posted to lists.do; the address of a row is in two parts."""

    name = "cmsweb"
    service = "/articleCommonController/lists.do"
    column_field, number_field = "key", "page"

    def home_of(self, column: Column) -> str:
        return f"/cmsweb/zwgk/{column.slug}/index.html"

    def address(self, item: Item) -> str:
        stamp = 1_700_000_000_000 + item.number
        return f"/col/9039_{self.column_of[item.number].number}/art/{stamp // 100_000}/{stamp}AbCdEfG.html"

    def script(self, column: Column, count: int) -> str:
        return (
            f"<script>var page = 1; var key = '{column.number}'; function load(){{ $.post('{self.service}', {{page: page, pagesize: {self.rows}, "
            "topic: $('#topic').val(), title: '', docNo: '', orgname: '', summary: '', key: key}, function(d){ draw(d) }) }</script>"
        )

    def answer(self, items: Sequence[Item], number: int, total: int) -> Page:
        rows = [
            {
                "title": i.title,
                "link": "",
                "domain": f"http://{self.place.host}",
                "path": self.target(i),
                "releaseTime": i.day,
            }
            for i in items
        ]
        return answer_of(json.dumps({"value": {"total": total, "list": rows}}), "application/json")


class SzinfLayout(InterfaceLayout):
    """苏州: a form posted to loadData, the size of a page in the address; it counts pages."""

    name = "szinf"
    service = "/szinf/xxgk/interfacesWebZcwj/loadData"
    column_field, number_field = "channel_id", "pageIndex"

    def home_of(self, column: Column) -> str:
        return f"/szxx/{column.slug}/xxgkml_bm.shtml"

    def key(self, column: Column) -> str:
        return f"{column.number:032x}"

    def address(self, item: Item) -> str:
        return f"/szxx/{self.column_of[item.number].slug}/{item.day[:4]}{item.day[5:7]}/{item.hex}.shtml"

    def script(self, column: Column, count: int) -> str:
        return (
            f'<script>var channelId = "{self.key(column)}";\nfunction load(pageIndex) {{ $.ajax({{ url: "{self.service}?pageSize={self.rows}", '
            'type: "POST", dataType: "json", data: {"pageIndex": pageIndex, "channel_id": channelId}, success: draw }) }</script>'
        )

    def answer(self, items: Sequence[Item], number: int, total: int) -> Page:
        rows = [
            {
                "TITLE": i.title,
                "URL": f"http://{self.place.host}{self.target(i)}",
                "PUBLISHED_TIME_FORMAT": i.day,
            }
            for i in items
        ]
        data = {"allRow": total, "totalPage": -(-total // self.rows), "list": rows}
        return answer_of(json.dumps({"data": data}), "application/json")
