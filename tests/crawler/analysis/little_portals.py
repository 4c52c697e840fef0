"""Little portals, each with another way to its reports: navigation, words and nesting as portals have them.

A portal is a table of path -> inner HTML. `reports` are the paths of its reports with their titles, which
are served as pages of the form. Whatever else is linked has a short text of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class LittlePortal:
    """`in_vain` is how many pages a crawl may ask for beside its lists and reports."""

    name: str
    pages: Mapping[str, str]
    reports: Mapping[str, str]
    in_vain: int = 0
    titles: Mapping[str, str] = field(default_factory=dict)


def rows(reports: Mapping[str, str], *paths: str) -> str:
    """A list with dates."""
    found = [path for path in reports if not paths or path in paths]
    return "".join(
        f'<li><a href="{path}">{reports[path]}</a><span>2025-01-20</span></li>' for path in found
    )


def reports_of(folder: str, agency: str, *years: int) -> dict[str, str]:
    """Reports of an agency, one for each year, in a folder."""
    return {
        f"{folder}{year + 1}01/t{year + 1}0120_{year}1.html": f"{agency}{year}年政府信息公开工作年度报告"
        for year in years
    }


NEWS = "".join(
    f'<li><a href="/xw/202503/t202503{day}_90{day}.html">全县召开第{day}次工作推进会议</a><i>2025-03-{day}</i></li>'
    for day in range(10, 28)
)
FRAME = """<div class="left"><ul><li><a href="/gk/zn/">政府信息<br>公开指南</a></li><li><a href="/gk/zd/">政府信息<br>公开制度</a></li>
<li><a href="/gk/nb/">政府信息<br>公开年报</a></li><li><a href="/gk/sq/">政府信息<br>公开申请</a></li>
<li><a href="/gk/tj/">统计信息</a></li><li><a href="/gk/gzbg/">政府工作报告</a></li><li><a href="/gk/fz/">法治政府建设年度报告</a></li></ul></div>"""

_county = reports_of("/gk/nb/", "白石县", 2024, 2023, 2022)
_school = reports_of("/gk/lj/bm/jyj/nb/", "白石县教育局", 2024, 2023)
_zone = reports_of("/gk/lj/pq/dp/nb/", "东坪片区", 2024)
FRAME_WITH_DOORS = LittlePortal(
    "the standard frame; units behind a page of links, their navigation made of the page's own address",
    {
        "/": "<a href='/gk/'>政府信息公开</a><a href='/xw/'>新闻中心</a>" + f"<ul>{NEWS}</ul>",
        "/gk/": FRAME + "<h3><a href='/gk/lj/'>地方部门<br>平台链接</a></h3>",
        "/gk/nb/": FRAME + f"<ul>{rows(_county)}<li><a href='/gk/fz/1.html'>白石县2023年法治政府建设年度报告</a></li></ul><ul>{NEWS}</ul>",
        "/gk/lj/": "<h2>部门</h2><ul><li><a href='./bm/jyj/'>县教育局</a></li></ul><h2>片区</h2><ul><li><a href='./pq/dp/'>东坪片区</a></li></ul>",
        "/gk/lj/bm/jyj/": "<a ms-attr-href='/gk/{{paths[4]}}/{{paths[5]}}/{{paths[6]}}/zn/'>信息公开指南</a><a ms-attr-href='/gk/{{paths[4]}}/{{paths[5]}}/{{paths[6]}}/nb/'>政府信息公开年报</a>",
        "/gk/lj/bm/jyj/nb/": f"<ul>{rows(_school)}</ul>",
        "/gk/lj/pq/dp/": "<a ms-attr-href='/gk/{{paths[4]}}/{{paths[5]}}/{{paths[6]}}/nb/'>政府信息公开年报</a>",
        "/gk/lj/pq/dp/nb/": f"<dl><dd><a href='{next(iter(_zone))}'>东坪片区2024年政府信息公开工作年度报告</a></dd><dd>2025-01-20</dd></dl>",
    },
    _county | _school | _zone,
)  # fmt: skip

_years = {
    f"/zl/{folder}/t{year + 1}0118_{year}.htm": f"海湾岛管委会{year}年政府信息公开年度报告"
    for folder, year in (("2024n", 2024), ("2023n", 2023), ("2020yq", 2019), ("2020yq", 2018))
}
HIDDEN_YEARS = LittlePortal(
    "years in a box that a click opens; the title of every page is that of the site",
    {
        "/": "<a href='/zl/'>信息公开</a>",
        "/zl/": "<ul><li><a href='/zl/zn/'>指南</a></li><li><a href='javascript:;' ms-click='$togs(1)'>政府信息公开年报</a><div style='display:none'>"
        "<a href='/zl/2024n/'>2024年</a><a href='/zl/2023n/'>2023年</a><a href='/zl/2020yq/'>2020年以前</a></div></li>"
        "<li><a href='javascript:;'>统计公报</a><div><a href='/zl/tj2024/'>2024年</a><a href='/zl/tj2023/'>2023年</a></div></li></ul>",
        "/zl/2024n/": f"<ul>{rows(_years, '/zl/2024n/t20250118_2024.htm')}</ul>",
        "/zl/2023n/": f"<ul>{rows(_years, '/zl/2023n/t20240118_2023.htm')}</ul>",
        "/zl/2020yq/": f"<ul>{rows(_years, '/zl/2020yq/t20200118_2019.htm', '/zl/2020yq/t20190118_2018.htm')}</ul>",
    },
    _years,
)  # fmt: skip

_picture = reports_of("/bm/czj/nb/", "绿原市财政局", 2024) | reports_of("/xz/sh/nb/", "绿原市双河乡", 2024)  # fmt: skip
PICTURES = LittlePortal(
    "doors that are pictures, parts of a map and a list to choose from; short names of columns and rows",
    {
        "/": "<map><area href='/xxgk/' alt='政府信息公开' coords='1,2,3,4'></map><a href='/fw/'><img src='a.png' alt='便民服务'></a>",
        "/xxgk/": "<a href='/bm/'><img src='b.png' title='市直机关'></a><select onchange='location.href=this.value'><option value=''>乡（镇）</option>"
        "<option value='/xz/sh/'>双河乡</option></select>",
        "/bm/": "<table><tr><td><a href='/bm/czj/'>├ 市财政局（2）</a></td></tr><tr><td><a href='/fw/2/'>政务大厅</a></td></tr></table>",
        "/bm/czj/": "<ul><li><a href='/bm/czj/nb/'>> 年报</a></li><li><a href='/bm/czj/zn/'>> 指南</a></li><li><a href='/bm/czj/jg/'>> 机构职能</a></li></ul>",
        "/bm/czj/nb/": f"<ul><li><a href='{next(iter(_picture))}'>2024年年报</a></li></ul>",
        "/xz/sh/": "<a href='/xz/sh/nb/'>年度报告</a>",
        "/xz/sh/nb/": f"<ul>{rows(_picture, list(_picture)[1])}</ul>",
    },
    _picture,
)  # fmt: skip

_short = reports_of("/jd/", "河东街道", 2024) | reports_of("/jyj/", "云台区教育局", 2024)
_old = {f"/nb/{year}/x{year}.html": f"云台区{year}年政府信息公开年度报告" for year in (2020, 2019)}
HEADINGS = LittlePortal(
    "years as headings that are no links, with units below them, and years that are reports themselves",
    {
        "/": "<div><h2>政府信息公开</h2><ul><li><a href='/nb/'>年报</a></li><li><a href='/zn/'>指南</a></li></ul></div><h2>公告</h2><a href='/gg/'>年报</a>",
        "/nb/": f"<h3>2024年</h3><p><a href='{next(iter(_short))}'>河东街道</a> <a href='{list(_short)[1]}'>区教育局</a></p>"
        "<h3>往年</h3><p><a href='/nb/2020/x2020.html'>2020年</a> <a href='/nb/2019/x2019.html'>2019年</a></p>",
    },
    _short | _old,
)  # fmt: skip

_split = reports_of("/nb/xj/", "南陵县", 2024, 2023) | reports_of("/nb/bm/slj/", "南陵县水利局", 2024) | reports_of("/nb/zj/cg/", "南陵县城关镇", 2024)  # fmt: skip
SPLIT_COLUMN = LittlePortal(
    "one column split by the kind of unit and by year, its lists by years beside each other",
    {
        "/": "<a href='/nb/'>历年政府信息公开年报更多>></a>",
        "/nb/": "<ul><li><a href='/nb/xj/'>县政府年报</a></li><li><a href='/nb/bm/'>部门年报</a></li><li><a href='/nb/zj/'>街镇年报</a></li><li><a href='/xw/'>本地要闻</a></li></ul>",
        "/nb/xj/": f"<ul>{rows(_split, *[p for p in _split if '/xj/' in p])}</ul>",
        "/nb/bm/": "<ul><li><a href='/nb/bm/slj/'>县水利局</a></li></ul>",
        "/nb/bm/slj/": f"<ul>{rows(_split, *[p for p in _split if '/slj/' in p])}</ul>",
        "/nb/zj/": "<ul><li><a href='/nb/zj/cg/'>城关镇</a></li></ul>",
        "/nb/zj/cg/": f"<ul>{rows(_split, *[p for p in _split if '/cg/' in p])}</ul>",
    },
    _split,
)  # fmt: skip

_frame = FRAME.replace("/gk/", "/xxgk/")
_near = reports_of("/xxgk/nb/", "西岭县", 2024, 2023)
NEAR_MISSES = LittlePortal(
    "a column full of what looks like reports, and a catalogue beside it",
    {
        "/": "<a href='/xxgk/'>政务公开</a>",
        "/xxgk/": _frame + "<a href='/xxgk/nb/'>信息公开年报公示</a><a href='/xxgk/ml/'>政府信息公开目录</a>",
        "/xxgk/nb/": _frame
        + f"<ul>{rows(_near)}"
        "<li><a href='/xxgk/nb/202408/t20240801_31.html'>西岭县2024年上半年政府信息公开工作统计</a><span>2024-08-01</span></li>"
        "<li><a href='/xxgk/nb/202402/t20240201_32.html'>图解：西岭县2023年政府信息公开年报</a><span>2024-02-01</span></li>"
        "<li><a href='/xxgk/nb/202401/t20240105_33.html'>关于做好2023年度政府信息公开工作年度报告编制工作的通知</a><span>2024-01-05</span></li>"
        "<li><a href='/xxgk/nb/202401/t20240106_34.html'>政府信息公开工作年度报告制度</a><span>2024-01-06</span></li>"
        "<li><a href='/xxgk/nb/202401/t20240107_35.html'>西岭县2023年度部门决算</a><span>2024-01-07</span></li></ul>",
        "/xxgk/ml/": _frame + f"<ul>{NEWS}</ul><script>createPageHTML(30, 0, 'index', 'html')</script>",
    },
    _near,
)  # fmt: skip

_banners = reports_of("/gk/c1/nb/", "河谷旗", 2024) | reports_of("/gk/c2/nb/", "沙湖高新区", 2024)
DATA_ADDRESSES = LittlePortal(
    "addresses of columns in data-url, bare names of divisions and zones, columns told by the address alone",
    {
        "/": "<a href='/gk/?gk=1'>政府信息公开</a>",
        "/gk/?gk=1": "<ul class='menu'><li><a href='javascript:;' data-url='./zn/'>政府信息公开指南</a></li><li><a href='' data-url='./qx/'>旗县市区</a></li></ul>",
        "/gk/qx/": "<ul><li><a href='/gk/?gk=4&cid=1'>河谷旗</a></li><li><a href='/gk/?gk=4&cid=2'>沙湖高新区</a></li><li><a href='/zt/'>创建文明城市</a></li></ul>",
        "/gk/?gk=4&cid=1": "<ul class='menu'><li><a href='javascript:;' data-url='./c1/nb/index.html'>政府信息公开年报</a></li></ul>",
        "/gk/?gk=4&cid=2": "<ul class='menu'><li><a href='javascript:;' data-url='./c2/nb/index.html'>政府信息公开年报</a></li></ul>",
        "/gk/c1/nb/index.html": f"<table>{rows(_banners, next(iter(_banners)))}</table>",
        "/gk/c2/nb/index.html": f"<table>{rows(_banners, list(_banners)[1])}</table>",
    },
    _banners,
)  # fmt: skip

_public = {f"/public/{organ}/{year}{organ}.html": f"县残联{year}年政府信息公开年度报告" for organ in (71, 72) for year in (2024, 2023)}  # fmt: skip
UNITS_BY_NUMBER = LittlePortal(
    "units by number, whose column of reports has only years that lead straight to the articles",
    {
        "/": "<a href='/public/column/70?type=4&action=rel'>各单位公开</a>",
        "/public/column/70?type=4&action=rel": "<h3>县直单位</h3><ul><li><a href='/public/column/71?type=2'>县残联</a></li><li><a href='/public/column/72?type=2'>县委宣传部</a></li></ul>",
        "/public/column/71?type=2": "<a href='/public/column/71?type=3&action=list'>信息公开年报</a><a href='/public/column/71?type=5'>依申请公开</a>",
        "/public/column/72?type=2": "<a href='/public/column/72?type=3&action=list'>信息公开年报</a>",
        "/public/column/71?type=3&action=list": "<ul id='timeFrame'><a href='/public/71/202471.html'>2024</a><a href='/public/71/202371.html'>2023</a></ul>",
        "/public/column/72?type=3&action=list": "<ul id='timeFrame'><a href='/public/72/202472.html'>2024</a><a href='/public/72/202372.html'>2023</a></ul>",
    },
    _public,
)  # fmt: skip

_cards = {f"/nb/d{n}.html": f"北港区{2020 + n}年政府信息公开年度报告" for n in range(1, 5)}
CARDS = LittlePortal(
    "cards without list markup and with garbled titles, in a column that its breadcrumb names",
    {
        "/": "<a href='/gk/'>政府信息公开专栏</a>",
        "/gk/": "<div>您的位置：<a href='/'>首页</a> > <a href='/gk/'>政府信息公开</a></div><a href='/nb/'>北港区2024年政府信息公开年报汇编</a>",
        "/nb/": "<div>您的位置：<a href='/'>首页</a> > <a href='/gk/'>政府信息公开</a> > 政府信息公开年报</div>"
        + "".join(f"<div class='card'><h4><a href='{path}'>北港区第{n}号文件</a></h4><em>2025-01-0{n}</em></div>" for n, path in enumerate(_cards, 1)),
    },
    _cards,
    titles={"/nb/": "北港区人民政府门户网站"},
)  # fmt: skip

_beside = {f"/gk/nb{year}/r{year}.html": f"东江县{year}年政府信息公开年度报告" for year in (2024, 2023, 2022)}  # fmt: skip
YEARS_BESIDE = LittlePortal(
    "a folder for each year, beside each other",
    {
        "/": "<a href='/gk/'>信息公开</a>",
        "/gk/": "<a href='/gk/nb2024/'>政府信息公开年报</a>",
        **{
            f"/gk/nb{year}/": "".join(f"<a href='/gk/nb{y}/'>{y}年</a>" for y in (2024, 2023, 2022))
            + f"<ul><li><a href='/gk/nb{year}/r{year}.html'>{year}年度报告</a></li></ul>"
            for year in (2024, 2023, 2022)
        },
    },
    _beside,
)

_matrix = reports_of("/wj/", "岭南县卫生健康局", 2024) | reports_of("/kx/", "岭南县科协", 2024)
MATRIX = LittlePortal(
    "a table of units that are no links, each with its guide, its catalogue and its reports",
    {
        "/": "<a href='/gk/'>政府信息公开</a>",
        "/gk/": "<a href='/gk/dw/'>部门（单位）名录</a>",
        "/gk/dw/": "<table><tr><th>单位</th><th>指南</th><th>年报</th></tr><tr><td>县卫生健康局</td><td><a href='/wj/zn/'>指南</a></td><td><a href='/wj/nb/'>年报</a></td></tr>"
        "<tr><td>县科协</td><td><a href='/kx/zn/'>指南</a></td><td><a href='/kx/nb/'>年报</a></td></tr></table>",
        "/wj/nb/": f"<ul>{rows(_matrix, *[p for p in _matrix if '/wj/' in p])}</ul>",
        "/kx/nb/": f"<ul>{rows(_matrix, *[p for p in _matrix if '/kx/' in p])}</ul>",
    },
    _matrix,
)  # fmt: skip

_town = reports_of("/xz/dm/", "清源县大茂镇", 2024, 2023)
_own = reports_of("/zfxxgk/nb/", "清源县", 2024)
MIXED_LIST = LittlePortal(
    "a town without a column, whose reports are on the second page of all that it published",
    {
        "/": "<a href='/zfxxgk/nb/'>政府信息公开年报</a><a href='/xz/'>乡镇（街道）</a>",
        "/zfxxgk/nb/": f"<ul>{rows(_own)}</ul>",
        "/xz/": "<a href='/zfxxgk/nb/'>政府信息公开年报</a><ul><li><a href='/xz/dm/'>大茂镇</a></li></ul>",
        "/xz/dm/": "<a href='/zfxxgk/nb/'>政府信息公开年报</a>" + f"<ul>{NEWS}</ul><script>createPageHTML(2, 0, 'index', 'html')</script>",
        "/xz/dm/index_1.html": f"<ul>{rows(_town)}</ul><script>createPageHTML(2, 1, 'index', 'html')</script>",
    },
    _own | _town,
)  # fmt: skip

_tree = reports_of("/d/fl/", "城北区妇联", 2024) | reports_of("/d/dx/", "城北区委党校", 2024)
TREE_IN_SCRIPT = LittlePortal(
    "a tree of units in a script, names of kinds that are no 局, columns that are articles themselves",
    {
        "/": "<a href='/ml/'>政府信息公开目录</a>",
        "/ml/": "<script>var nodes = [{id:1, name:'区妇联', url:'/d/fl/'}, {id:2, name:'区委党校', url:'/d/dx/'}, {id:3, name:'新闻发布会', url:'/x/'}];</script>",
        "/d/fl/": f"<a href='{next(iter(_tree))}'>信息公开工作年度报告</a>",
        "/d/dx/": f"<a href='{list(_tree)[1]}'>年度报告</a>",
    },
    _tree,
)  # fmt: skip

_public_units = reports_of("/ggqsy/", "东湖市第一中学", 2024) | reports_of("/yy/", "东湖市人民医院", 2024) | reports_of("/gs/", "东湖市水务集团有限公司", 2024)  # fmt: skip
_places = list(_public_units)
PUBLIC_UNITS = LittlePortal(
    "schools, hospitals and companies, and counties of a city on the same host",
    {
        "/": "<h3>政府信息公开</h3><ul><li><a href='/qsy/'>公共企事业单位</a></li><li><a href='/qx/'>各县（市、区）</a></li></ul>",
        "/qsy/": "<ul><li><a href='/qsy/1/'>市第一中学</a></li><li><a href='/qsy/2/'>市人民医院</a></li></ul>",
        "/qsy/1/": f"<ul><li><a href='{_places[0]}'>2024年年度报告</a></li></ul>",
        "/qsy/2/": f"<ul><li><a href='{_places[1]}'>2024年年度报告</a></li></ul>",
        "/qx/": "<ul><li><a href='/qx/1/'>滨河新区</a></li></ul>",
        "/qx/1/": "<dl><dt>下属单位</dt><dd><a href='/qx/1/gs/'>市水务集团有限公司</a></dd></dl>",
        "/qx/1/gs/": f"<p>年报</p><ul>{rows(_public_units, _places[2])}</ul>",
    },
    _public_units,
)  # fmt: skip

_chosen = {f"/gk/nb.jsp?id={year}7": f"宁远州{year}年政府信息公开年度报告" for year in (2024, 2023, 2019)}  # fmt: skip
YEARS_TO_CHOOSE = LittlePortal(
    "years that are chosen from a list, rows without a title, a column known from its menu alone",
    {
        "/": "<a href='/gk/'>阳光政务</a>",
        "/gk/": "<ul><li><a href='/gk/nb.jsp?y=0'>本级年报</a></li><li><a href='/gk/tj.jsp'>统计年报</a></li></ul>",
        "/gk/nb.jsp?y=0": "<select onchange=\"location.href='/gk/nb.jsp?y=' + this.value\"><option value='2023'>2023年</option><option value='1'>2020年以前</option></select>"
        "<table><tr><td>宁远州</td><td>2024年政府信息公开年度报告</td><td><a href='/gk/nb.jsp?id=20247'>查看</a></td></tr></table>",
        "/gk/nb.jsp?y=2023": "<table><tr><td>宁远州2023年政府信息公开年度报告</td><td><a href='/gk/nb.jsp?id=20237'>查看</a></td></tr></table>",
        "/gk/nb.jsp?y=1": "<table><tr><td>宁远州2019年政府信息公开年度报告</td><td><a href='/gk/nb.jsp?id=20197'>查看</a></td></tr></table>",
    },
    _chosen,
)  # fmt: skip

_by_year = {f"/nb/{year}/{n}.html": f"石门区{unit}{year}年政府信息公开年度报告" for year in (2024, 2023) for n, unit in ((51000, "教育局"), (52000, "统计局"))}  # fmt: skip
ONE_PAGE_A_YEAR = LittlePortal(
    "a column of each year on the page of disclosure, with the units of all kinds as rows",
    {
        "/": "<a href='/gk/'>政务公开</a>",
        "/gk/": "<ul><li><a href='/nb/2024/'>2024年度政府信息公开工作年度报告</a></li><li><a href='/nb/2023/'>石门区2023年政府信息公开年报</a></li><li><a href='/fz/'>石门区2023年法治政府建设年度报告</a></li></ul>",
        **{
            f"/nb/{year}/": f"<ul><li><a href='/nb/{year}/51000.html'>区教育局</a></li><li><a href='/nb/{year}/52000.html'>区统计局</a></li></ul>"
            for year in (2024, 2023)
        },
    },
    _by_year,
    titles={"/nb/2023/": "石门区2023年政府信息公开年报-石门区人民政府"},
)  # fmt: skip

_numbers = {f"/nb/{year}00.html": f"绿洲县{year}年政府信息公开年度报告" for year in (2024, 2023)}
NUMBERED_MENU = LittlePortal(
    "every address is a number, also those of the menu beside the column",
    {
        "/": "<a href='/10000.html'>信息公开年报</a>",
        "/10000.html": "<ul><li><a href='/20001.html'>领导分工</a></li><li><a href='/20002.html'>县长热线</a></li><li><a href='/20003.html'>工作规则</a></li>"
        f"<li><a href='/30001.pdf'>申请表样</a></li></ul><ul>{rows(_numbers)}</ul>",
    },
    _numbers,
)  # fmt: skip

_straight = reports_of("/dw/slj/", "松岭县水利局", 2024, 2023, 2022, 2021) | reports_of("/dw/zwb/", "松岭县政务服务中心", 2024)  # fmt: skip
_straight |= {
    path: f"{int(path[8:12]) - 1}年政府信息公开工作年度报告" for path in list(_straight)[:4]
}  # without the agency
_first, _second = list(_straight)[:2], list(_straight)[2:4]
STRAIGHT_TO_REPORTS = LittlePortal(
    "units whose names lead straight to the pages of their reports; a centre of services among the units",
    {
        "/": "<a href='/gk.jsp'>政府信息公开</a><ul><li><a href='/fw1/'>政务服务中心</a></li><li><a href='/fw2/'>大数据中心</a></li></ul>",
        "/gk.jsp": "<a href='/fenji.jsp'>分级公开</a>",
        "/fenji.jsp": "<ul><li><a href='/dw.jsp?id=5'>水利局</a></li><li><a href='/dw.jsp?id=6'>教育局</a></li><li><a href='/dw.jsp?id=7'>政务服务中心</a></li><li><a href='/sp/'>视频中心</a></li></ul>",
        "/dw.jsp?id=5": f"<h2>水利局 信息公开年度报告</h2><table>{rows(_straight, *_first).replace('li>', 'td>')}</table>第1页/共2页 <a href='dw.jsp?id=5&amp;page=2'>下一页</a>",
        "/dw.jsp?id=5&page=2": f"<h2>水利局 信息公开年度报告</h2><ul>{rows(_straight, *_second)}</ul>第2页/共2页",
        "/dw.jsp?id=6": "<h2>机构职能</h2>",
        "/dw.jsp?id=7": "<ul class='menu'><li><a href='?id=7&amp;m=1'>信息公开指南</a></li><li><a href='?id=7'>信息公开年度报告</a></li></ul><script>$.get('/api/list?dept=7', draw)</script>",
        "/api/list?dept=7": '{"rows": [{"title": "松岭县政务服务中心2024年政府信息公开工作年度报告", "url": "' + list(_straight)[4] + '", "date": "2025-01-20"}]}',
    },
    _straight,
)  # fmt: skip

_inside = reports_of("/zw/", "石桥区", 2024, 2023)
SHELLS = LittlePortal(
    "pages that show another page, whose address stands in their own",
    {
        "/": "<a href='/open.html?t=1&amp;inner=%2Fzw%2Fnb.html&amp;name=信息公开年度报告'>信息公开年度报告</a><a href='/login.html?returnUrl=/zw/x.html'>登录</a>",
        "/open.html?t=1&inner=%2Fzw%2Fnb.html&name=%E4%BF%A1%E6%81%AF%E5%85%AC%E5%BC%80%E5%B9%B4%E5%BA%A6%E6%8A%A5%E5%91%8A": "<iframe id='sub'></iframe><script>sub.src = parameter('inner');</script>",
        "/zw/nb.html": f"<ul>{rows(_inside)}</ul>",
    },
    _inside,
)  # fmt: skip

PORTALS = (
    FRAME_WITH_DOORS, HIDDEN_YEARS, PICTURES, HEADINGS, SPLIT_COLUMN, NEAR_MISSES, DATA_ADDRESSES, UNITS_BY_NUMBER, CARDS,
    YEARS_BESIDE, MATRIX, MIXED_LIST, TREE_IN_SCRIPT, PUBLIC_UNITS, YEARS_TO_CHOOSE, ONE_PAGE_A_YEAR,
    NUMBERED_MENU, STRAIGHT_TO_REPORTS, SHELLS,
)  # fmt: skip
