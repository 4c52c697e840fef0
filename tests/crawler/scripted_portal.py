"""A portal whose menus, lists, pagers and articles exist only after scripts ran.

Its pages are empty shells; one script fills them from an interface with names that no family has.
"""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

from gongkai.crawler.sites.registry import Site
from gongkai.replica.transport import Answer, Request

HOST = "http://www.qinghe.gov.cn"
SITE = Site("qinghe", "清河县人民政府", "640221", f"{HOST}/", render=True)
SETTINGS = {
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "False",
    "GONGKAI_RETRY_WAIT": "0.01",
    "GONGKAI_RENDER_QUIET_SECONDS": "0.2",
    "GONGKAI_BROWSER_SANDBOX": "False",  # tests run as root, and the pages are ours
}
HTML = {"Content-Type": "text/html; charset=utf-8"}
SCRIPT = {"Content-Type": "application/javascript; charset=utf-8"}
DATA = {"Content-Type": "application/json; charset=utf-8"}

UNITS = ("教育局", "民政局", "水务局", "审计局")
TITLES = {
    f"{1000 + 10 * number + year - 2021}": f"清河县{unit}{year}年政府信息公开工作年度报告"
    for number, unit in enumerate(UNITS)
    for year in (2023, 2024)
}
ROWS_PER_PAGE = 3

SHELL = """<html><head><title>清河县人民政府</title><meta name="SiteName" content="清河县人民政府">
<link rel="stylesheet" href="/skin/all.css"></head><body><div id="stage"><img src="/skin/wait.gif"></div>
<script src="/skin/runner.js"></script></body></html>"""
RUNNER = """
const stage = document.getElementById('stage');
const part = location.pathname.split('/')[1], key = new URLSearchParams(location.search).get('k');
const put = (html) => { stage.innerHTML = html; };
function ask(what, more, use) {
  fetch('/gate/' + what + '?_=' + Date.now(), {method: 'POST', body: JSON.stringify(more),
    headers: {'Content-Type': 'application/json'}}).then((r) => r.json()).then((x) => use(x.zz));
}
for (const host of ['www.elsewhere.gov.cn', '127.0.0.1:9', '192.168.0.1']) {
  fetch('http://' + host + '/beat').catch(() => 0);
}
window.open('http://www.elsewhere.gov.cn/popup');
alert('欢迎');
const leaf = (x) => '<li><a href="' + x.u + '">' + x.w + '</a><span>' + (x.d || '') + '</span></li>';
let at = 1;
function turn() {
  ask('pile', {pile: key, leafNo: at}, (x) => {
    put('<h2>政府信息公开年报</h2><ul>' + x.leaves.map(leaf).join('') + '</ul><p>共 ' + x.sum +
      ' 条</p><div class="foot"><b>' + at + '</b> <span class="go">下一页</span></div>');
    const go = stage.querySelector('.go');
    if (at * 3 >= x.sum) go.className = 'go disabled';
    else go.addEventListener('click', () => { at += 1; turn(); });
    document.title = '政府信息公开年报';
  });
}
if (part === '') ask('trunk', {}, (x) => put('<ul>' + x.map(leaf).join('') + '</ul>'));
else if (part === 'hall') ask('boughs', {}, (x) => put('<ul>' + x.map(leaf).join('') + '</ul>'));
else if (part === 'pile') setTimeout(turn, 50);
else ask('leaf', {leaf: key}, (x) => { document.title = x.w; put('<h1>' + x.w + '</h1>' + x.body); });
"""
REPORT = (
    "<p>一、总体情况</p><p>{title}按照规定编制。</p><p>二、主动公开政府信息情况</p>"
    "<p>三、收到和处理政府信息公开申请情况</p><p>四、政府信息公开行政复议、行政诉讼情况</p>"
    "<p>五、存在的主要问题及改进情况</p><p>六、其他需要报告的事项</p>"
)
REFUSAL = "<html><body><h1>访问被拦截</h1><p>您的请求存在安全风险</p></body></html>"


def portal(request: Request) -> Answer:
    """Answer as the portal does."""
    parts = urlsplit(request.url)
    section = parts.path.split("/")[1]
    if section == "gate":
        return Answer(200, DATA, json.dumps({"zz": _filling(parts.path, request)}).encode())
    if parts.path == "/skin/runner.js":
        return Answer(200, SCRIPT, RUNNER.encode())
    if section in ("", "hall", "pile") or (section == "leaf" and _key(parts.query) in TITLES):
        return Answer(200, HTML, SHELL.encode())
    return Answer(404, HTML, b"<html>404</html>")


def _key(query: str) -> str:
    return parse_qs(query).get("k", [""])[0]


def _filling(path: str, request: Request) -> object:
    sent = json.loads(request.body or b"{}")
    if path == "/gate/trunk":
        return [{"u": "/hall/", "w": "政府信息公开"}, {"u": "/news/", "w": "要闻"}]
    if path == "/gate/boughs":
        return [{"u": "/pile/?k=7", "w": "政府信息公开年报"}, {"u": "/pile/?k=8", "w": "公开指南"}]
    if path == "/gate/pile":
        start = ROWS_PER_PAGE * (int(sent["leafNo"]) - 1)
        rows = [*TITLES.items()][start : start + ROWS_PER_PAGE]
        leaves = [{"u": f"/leaf/?k={key}", "w": title, "d": "2025-01-20"} for key, title in rows]
        return {"sum": len(TITLES), "leaves": leaves}
    title = TITLES[sent["leaf"]]
    return {"w": title, "body": REPORT.format(title=title)}
