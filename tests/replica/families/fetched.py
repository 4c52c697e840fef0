"""Families whose lists a script fetches: Hanweb jcms, its annual reports, jpaas, gkmlpt."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from urllib.parse import quote, urlencode

from tests.replica.families.layout import Layout
from tests.replica.families.place import Column, Item

PROXY = "/module/web/jpage/dataproxy.jsp"


class JcmsLayout(Layout):
    """Records inside the page; those after them by groups, named in the records or counted."""

    name = "jcms"
    rows = 5

    def home_of(self, column: Column) -> str:
        return f"/col/col{column.number}/index.html"

    def address(self, item: Item) -> str:
        year, month, day = (int(part) for part in item.day.split("-"))
        return (
            f"/art/{year}/{month}/{day}/art_{self.column_of[item.number].number}_{item.number}.html"
        )

    def lists(self, column: Column) -> None:
        """Lists of departments tell only how many records there are."""
        counted = column.name.endswith("年度报告")
        parts = self.parts(column.items)
        for number, part in enumerate(parts):
            last = number + 1 == len(parts)
            following = "" if last or counted else self.group(column, number + 1)
            data = self.records(part, following)
            if number:
                self.put(self.group(column, number), data, "text/xml")
            else:
                script = f'<div id="{column.number}"><script type="text/xml">{data}</script></div>'
                if counted:
                    script = self.counted(column)
                self.put(self.home_of(column), self.column_page(column, script))

    def counted(self, column: Column) -> str:
        """The call of a pager without a first group; its answer by number of records."""
        total = len(column.items)
        query = f"page=1&startrecord=1&endrecord={total}&perpage=15&col=1&appid=1&webid=1&path=%2F&columnid={column.number}&sourceContentType=1&unitid=9{column.number}&webname={quote(self.place.name)}&permissiontype=0"
        self.put(f"{PROXY}?{query}", self.records(column.items, ""), "text/xml")
        return (
            f"<script>var param_9{column.number}={{col:1,appid:1,webid:1,path:'/',columnid:{column.number},"
            f"sourceContentType:1,unitid:'9{column.number}',webname:'{self.place.name}',permissiontype:0}};"
            f"$('#9').jpage({{dataBefore:'',dataAfter:'',totalRecord:{total},perPage:15,proxyUrl:'{PROXY}'}});</script>"
        )

    def group(self, column: Column, number: int) -> str:
        query = f"page={number}&appid=1&webid=1&path=/&columnid={column.number}&unitid=9{column.number}&permissiontype=0"
        return f"{PROXY}?{query}"

    def records(self, items: Sequence[Item], following: str) -> str:
        rows = "".join(
            f"<record><![CDATA[<li><a href='{self.target(item)}' title='{item.title}'>{item.title[:12]}...</a>"
            f"<span>{item.day}</span></li>]]></record>"
            for item in items
        )
        group = (
            f'<nextgroup><![CDATA[<a href="{following}"></a>]]></nextgroup>' if following else ""
        )
        return f"<datastore>{group}<recordset>{rows}</recordset></datastore>"

    def file(self, item: Item) -> str:
        return f"/module/download/downfile.jsp?classid=0&filename={item.hex}.pdf"


class AnnualLayout(JcmsLayout):
    """Reports at one address by organ and year; the organ alone shows its latest one."""

    name = "hanweb-annual"

    def area(self, item: Item) -> str:
        return f"1137{sum(map(ord, item.unit.name)):08}{item.unit.slug.upper()}"

    def home_of(self, column: Column) -> str:
        if column.slug.endswith("nb"):
            return f"/module/xxgk/xxgkAnnualReport.jsp?organ={column.number}"
        return super().home_of(column)

    def address(self, item: Item) -> str:
        if item.kind != "report":
            return super().address(item)
        return f"/module/xxgk/xxgkAnnualReport.jsp?area={self.area(item)}&fbtime={item.year}"

    def target(self, item: Item) -> str:
        return self.address(item)

    def item(self, item: Item) -> None:
        """No row leads to a file: every report has its page."""
        super().item(replace(item, shape="attached") if item.shape == "pdf" else item)

    def lists(self, column: Column) -> None:
        if not column.slug.endswith("nb"):
            return super().lists(column)
        organs = {self.area(item): item.unit.name for item in column.items if item.kind == "report"}
        links = "".join(
            self.link(name, f"/module/xxgk/xxgkAnnualReport.jsp?area={area}")
            for area, name in organs.items()
        )
        rest = [item for item in column.items if item.kind != "report"]
        self.put(self.home_of(column), self.column_page(column, links + self.list_html(rest, "")))
        for area, name in organs.items():
            mine = [i for i in column.items if i.kind == "report" and self.area(i) == area]
            options = "".join(f'<option value="{item.year}">{item.year}</option>' for item in mine)
            body = f"<select name='fbtime'>{options}</select><p>{name}</p>"
            self.put(f"/module/xxgk/xxgkAnnualReport.jsp?area={area}", self.page(name, body))
        return None

    def file(self, item: Item) -> str:
        return f"/module/download/downfile.jsp?classid=0&filename={item.hex}.pdf"


class JpaasLayout(Layout):
    """A column's page names a part, whose answer is JSON with a piece of HTML."""

    name = "jpaas"
    content = '<div class="wzzw-article"><div id="con_con">{}</div></div>'
    unit = "/api-gateway/jpaas-publish-server/front/page/build/unit"

    def home_of(self, column: Column) -> str:
        return f"/zwgk/{column.slug}/index.html"

    def address(self, item: Item) -> str:
        home = f"/zwgk/{self.column_of[item.number].slug}"
        return f"{home}/art/{item.day[:4]}/art_{item.hex}.html"

    def lists(self, column: Column) -> None:
        """Rows are written relative to the column's page, not to the answer's address."""
        query = {
            "parseType": "bulidstatic", "webId": "52", "tplSetId": "MsPkwMwlYqOx", "pageType": "column",
            "tagId": "列表", "editType": "null", "pageId": str(column.number),
        }  # fmt: skip
        data = "{" + ",".join(f"'{name}':'{value}'" for name, value in query.items()) + "}"
        part = f'<script url="{self.unit}" queryData="{data}"></script>' if column.items else ""
        self.put(self.home_of(column), self.column_page(column, part))
        parts = self.parts(column.items)
        for number, rows in enumerate(parts):
            html = self.list_html(rows, "").replace(f'href="/zwgk/{column.slug}/', 'href="')
            html += f'<div class="pagination" rows="{self.rows}" count="{len(column.items)}" pageNo="{number + 1}"></div>'
            wanted = {"pageNo": number + 1, "pageSize": self.rows}
            whole = query | (
                {"paramJson": json.dumps(wanted, separators=(",", ":"))} if number else {}
            )
            answer = json.dumps({"code": 200, "data": {"html": html}}, ensure_ascii=False)
            self.put(f"{self.unit}?{urlencode(whole)}", answer, "application/json")

    def attachment(self, item: Item) -> str:
        return (
            f'<iframe src="/pdfjs/web/viewer.html?file={quote(self.file(item), safe="")}"></iframe>'
        )


class GkmlptLayout(Layout):
    """Every unit has a tree of its own, whose columns are numbers of an interface."""

    name = "gkmlpt"
    content = '<div class="article-content">{}</div>'

    def root_of(self, column: Column) -> str:
        offices = next(c for c in self.place.root.below if c.group).below
        unit = next((o.slug for o in offices if column in (o, *o.below)), "")
        return f"/{unit}/gkmlpt" if unit else "/gkmlpt"

    def home_of(self, column: Column) -> str:
        if column is self.place.news or column.group:
            return f"/{column.slug}/index.html"
        if column is self.place.root or column.below:
            return f"{self.root_of(column)}/index"
        return f"{self.root_of(column)}/index#{column.number}"

    def address(self, item: Item) -> str:
        root = self.root_of(self.column_of[item.number])
        return f"{root}/content/{item.number // 1000}/{item.number}/post_{item.number}.html"

    def lists(self, column: Column) -> None:
        if column is self.place.news or column.group:
            rows = self.list_html(column.items, "")
            return self.put(self.home_of(column), self.column_page(column, rows))
        if column.below:
            self.put(self.home_of(column), self.tree(column))
        sid = 755000 + len(self.root_of(column))
        parts = self.parts(column.items)
        for number, part in enumerate(parts, 1):
            articles = [self.row(item) for item in part]
            answer = json.dumps({"total": len(column.items), "articles": articles})
            query = f"page={number}&sid={sid}"
            path = f"{self.root_of(column)}/api/all/{column.number}?{query}"
            self.put(path, answer, "application/json")
        return None

    def tree(self, column: Column) -> str:
        """The page of a unit; the county's page links the list of units as a page does."""
        nodes = [
            {"id": c.number, "name": c.name, "children": []} for c in column.below if not c.group
        ]
        tree = [{"id": column.number, "name": "法定主动公开内容", "parent": 0, "children": nodes}]
        groups = "".join(self.link(c.name, self.home_of(c)) for c in column.below if c.group)
        config = (
            f"window._CONFIG = {{\n DATA: '', SID: '{755000 + len(self.root_of(column))}',\n"
            f" TREE: {json.dumps(tree)}\n}}"
        )
        return self.page(column.name, f"{groups}<div id='app'></div><script>{config}</script>")

    def row(self, item: Item) -> dict[str, object]:
        return {
            "id": item.number, "title": item.title, "publisher": item.unit.name,
            "url": f"http://{self.place.host}{self.target(item)}", "display_publish_time": item.day,
        }  # fmt: skip

    def attachment(self, item: Item) -> str:
        return f'<a class="nfw-cms-attachment" href="{self.file(item)}" alt="{escape(item.title)}.pdf">附件</a>'
