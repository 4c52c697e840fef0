"""A portal that nobody can follow without clicking: menus, years and rows have no addresses.

Its menus open a page or a window by a listener, years are tabs of one page, and articles are opened
by a function of the script, or by a change of the address that the script makes itself.
"""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import urlsplit

from gongkai.replica.transport import Answer, Request
from tests.crawler import scripted_portal
from tests.crawler.scripted_portal import DATA, HTML, REPORT, SCRIPT

HOST = "http://www.shiqiao.gov.cn"
SITE = replace(scripted_portal.SITE, id="shiqiao", name="石桥县人民政府", url=f"{HOST}/")
TITLES = {
    f"{year}{number}": f"石桥县{unit}{year}年政府信息公开工作年度报告"
    for number, unit in enumerate(("教育局", "民政局", "审计局"))
    for year in (2023, 2024)
}
SHELL = """<html><head><title>石桥县人民政府</title><meta name="SiteName" content="石桥县人民政府"></head>
<body><div id="all"></div><script src="/site.js"></script></body></html>"""
RUNNER = """
const all = document.getElementById('all');
const call = (name, use) => fetch('/q/' + name).then((r) => r.json()).then(use);
const add = (parent, kind, words, act) => {
  const one = document.createElement(kind);
  one.textContent = words;
  one.addEventListener('click', act);
  parent.append(one);
};
function openIt(id) { location.assign('/item/' + id); }
function show(year) {
  call('rows/' + year, (rows) => {
    document.title = '政府信息公开年报';
    all.innerHTML = '<div id="tabs"></div><ul id="rows"></ul>';
    const tabs = document.getElementById('tabs'), list = document.getElementById('rows');
    for (const each of [2024, 2023]) add(tabs, 'span', each + '年', () => show(each));
    for (const row of rows) {
      const li = document.createElement('li');
      if (year === 2024) li.innerHTML = `<a href="javascript:openIt('${row.id}')">${row.name}</a> 2025-01-20`;
      else add(li, 'div', row.name, () => { history.pushState({}, '', '/item/' + row.id); });
      list.append(li);
    }
  });
}
addEventListener('popstate', () => 0);
const path = location.pathname.split('/');
if (path[1] === '') call('menu', () => add(all, 'div', '政府信息公开', () => { location.href = '/open/'; }));
else if (path[1] === 'open') call('menu', () => add(all, 'li', '政府信息公开年报', () => window.open('/list/')));
else if (path[1] === 'list') show(2024);
else call('item/' + path[2], (x) => { document.title = x.name; all.innerHTML = '<h1>' + x.name + '</h1>' + x.text; });
"""


def portal(request: Request) -> Answer:
    """Answer as the portal does."""
    path = urlsplit(request.url).path.split("/")
    if path[1] == "q":
        return Answer(200, DATA, json.dumps(_filling(path[2:])).encode())
    if path[1] == "site.js":
        return Answer(200, SCRIPT, RUNNER.encode())
    if path[1] in ("", "open", "list") or (path[1] == "item" and path[2] in TITLES):
        return Answer(200, HTML, SHELL.encode())
    return Answer(404, HTML, b"<html>404</html>")


def _filling(asked: list[str]) -> object:
    if asked[0] == "rows":
        rows = [(key, title) for key, title in TITLES.items() if key.startswith(asked[1])]
        return [{"id": key, "name": title} for key, title in rows]
    if asked[0] == "item":
        title = TITLES[asked[1]]
        return {"name": title, "text": REPORT.format(title=title)}
    return []
