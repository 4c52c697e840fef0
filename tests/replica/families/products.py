"""Further products: pages that are posted, rows without addresses, menus that a script loads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape

from gongkai.replica.pages import Page
from tests.replica.families.interfaces import HanwebXxgkLayout, InterfaceLayout
from tests.replica.families.layout import Layout, answer_of
from tests.replica.families.place import Column, Item


class GtappLayout(InterfaceLayout):
    """自然资源: the first page by GET, the others by POST of `cpage`; all are whole pages."""

    name = "gtapp"
    rows = 3
    service = "/gtapp/nrglIndex.action"
    column_field, number_field = "classID", "cpage"

    def home_of(self, column: Column) -> str:
        return f"{self.service}?classID={self.key(column)}"

    def key(self, column: Column) -> str:
        return f"{column.number:032x}"

    def address(self, item: Item) -> str:
        return f"/gk/{item.day[:4]}{item.day[5:7]}/t{item.day.replace('-', '')}_{item.number}.html"

    def lists(self, column: Column) -> None:
        parts = self.parts(column.items)
        self.put(self.home_of(column), self.whole(column, parts[0], 1))
        posted = range(2, len(parts) + 1)
        self.answers[column.number] = {f"{self.service}#{column.number} {n}" for n in posted}
        self.interfaces[self.service] = self.serve

    def serve(self, method: str, fields: Mapping[str, str]) -> Page | None:
        if method == "GET":
            return self.pages[f"{self.service}?classID={fields['classID']}"]
        return super().serve(method, fields)

    def answer(self, items: Sequence[Item], number: int, total: int) -> Page:
        column = next(each for each in self.place.columns() if items and items[0] in each.items)
        return answer_of(self.whole(column, items, number))

    def whole(self, column: Column, items: Sequence[Item], number: int) -> str:
        rows = "".join(
            f'<tr><td>{n}</td><td><a href="{self.target(item)}" title="{escape(item.title)}">{item.title[:14]}…</a></td>'
            f"<td>{item.day}</td></tr>"
            for n, item in enumerate(items, 1)
        )
        pages = len(self.parts(column.items))
        pager = (
            f'<form name="pageform" method="post"><input type="hidden" name="cpage" value="{number}">'
            f'第{number}页 共{pages}页 <a href="javascript:gotoPage({number + 1})">下一页</a></form>'
        )
        return self.column_page(column, f"<table>{rows}</table>{pager}" if items else "")


class NfraLayout(InterfaceLayout):
    """金融监管总局: rows have a number and no address."""

    name = "nfra"
    service = "/cbircweb/DocInfo/SelectDocByItemIdAndChild"
    column_field, number_field, method = "itemId", "pageIndex", "GET"
    rows = 3

    def home_of(self, column: Column) -> str:
        return f"/cn/view/pages/ItemList.html?itemPId=900&itemId={column.number}&itemName={column.slug}"

    def address(self, item: Item) -> str:
        column = self.column_of[item.number].number
        return f"/cn/view/pages/ItemDetail.html?docId={item.number}&itemId={column}&generaltype=0"

    def target(self, item: Item) -> str:
        return self.address(item)

    def item(self, item: Item) -> None:
        """Every row has its article, which names the file."""
        super().item(item if item.shape != "pdf" else replace(item, shape="attached"))

    def file(self, item: Item) -> str:
        return f"/chinese/docfile/{item.day[:4]}/{item.hex}.pdf"

    def script(self, column: Column, count: int) -> str:
        return '<div ng-controller="itemList"><ul></ul></div><script src="/cn/view/js/list.js"></script>'

    def answer(self, items: Sequence[Item], number: int, total: int) -> Page:
        rows = [
            {
                "docId": item.number,
                "docTitle": item.title,
                "docSubtitle": item.title,
                "publishDate": f"{item.day} 10:00:00",
            }
            for item in items
        ]
        data = {"rptCode": 200, "msg": "成功", "data": {"total": total, "rows": rows}}
        return answer_of(json.dumps(data), "application/json")


class ChannelLayout(Layout):
    """济南: channels and documents have hex numbers; menus stand in the data of a script."""

    name = "channel"
    rows = 3

    def home_of(self, column: Column) -> str:
        return f"/gongkai/channel_{column.number:024x}/"

    def address(self, item: Item) -> str:
        return f"{self.home_of(self.column_of[item.number])}doc_{item.hex[:24]}.html"

    def page_of(self, column: Column, number: int, count: int) -> str:
        home = self.home_of(column)
        return f"{home}index_{number + 1}.html" if number else home

    def pager(self, column: Column, number: int, count: int) -> str:
        links = "".join(
            f'<a href="{self.page_of(column, n, count)}">{n + 1}</a>' for n in range(count)
        )
        return f'<div class="pagination">{links}</div>' if count > 1 else ""

    def column_page(self, column: Column, rows: str) -> str:
        menu = [{"name": below.name, "url": self.home_of(below)} for below in column.below]
        script = f'new Vue({{el: "#app", data: {{menu: {json.dumps(menu)}}}}})'
        return self.page(
            column.name, f'<div id="app"><gk-menu></gk-menu>{rows}</div><script>{script}</script>'
        )


class TreeLayout(HanwebXxgkLayout):
    """The menu of units is a tree that a script loads from tree.jsp."""

    name = "hanweb-tree"
    tree = "/module/xxgk/tree.jsp"

    def column_page(self, column: Column, rows: str) -> str:
        if not column.group:
            return super().column_page(column, rows)
        address = f"{self.tree}?area=11{self.place.code}MB&divid=div{column.number}&standardXxgk=1"
        nodes = "".join(
            f"d.add({n}, 0, '{below.name}', '{self.home_of(below)}');"
            for n, below in enumerate(column.below, 1)
        )
        tree = f"<div class=dtree><script>d = new dTree('d'); d.add(0, -1, '目录');{nodes}document.write(d);</script></div>"
        self.interfaces[self.tree] = lambda method, fields: answer_of(tree)
        self.answers[column.number] = {self.tree}
        return self.page(
            column.name, f"<div id=tree></div><script>$('#tree').load('{address}')</script>"
        )


class HubeiLayout(Layout):
    """湖北: the rows of a column are one file beside it, which its script names."""

    name = "hubei"
    rows = 50

    def home_of(self, column: Column) -> str:
        return f"/zfxxgk/{column.slug}/"

    def address(self, item: Item) -> str:
        day = item.day.replace("-", "")
        folder = self.home_of(self.column_of[item.number])
        return f"{folder}{day[:6]}/t{day}_{item.number}.shtml"

    def lists(self, column: Column) -> None:
        home, name = self.home_of(column), f"{column.slug}2024.json"
        script = f"<ul id=list></ul><script>$.getJSON('./{name}', function(d){{ draw(d.data) }})</script>"
        self.put(home, self.column_page(column, script if column.items else ""))
        rows = [
            {
                "order": n,
                "title": item.title,
                "url": "./" + self.target(item).removeprefix(home),
                "PubDate": item.day,
            }
            for n, item in enumerate(column.items, 1)
        ]
        if rows:
            self.put(home + name, json.dumps({"data": rows}), "application/json")
