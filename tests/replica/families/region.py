"""The governments of a region as they are met: made from the table of known portals.

Most are portals of the families in turn. Some have moved, are blocked, dead or drawn by a script, ask
for a cookie, or have their disclosure on another host. Addresses with https are answered by http
alone, as a proxy of plain HTTP has to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

from gongkai.crawler.sites.portals import Portal, known_portals, select_portals
from gongkai.crawler.sites.registry import netloc
from gongkai.replica.faults import BLOCK_PAGE
from gongkai.replica.pages import bare
from gongkai.replica.transport import Answer, Request, answer
from tests.crawler.tiny import HTML, served
from tests.replica.families.layout import Layout
from tests.replica.families.paged import TrsLayout
from tests.replica.families.place import small_place
from tests.replica.families.serving import KNOWN, serve

NEW_HOST = "www.new-{host}"
MOVED, LOST, BLOCKED, DEAD = "640104", "640105", "640106", "640122"
COOKIE, SISTER, ROBOTS, SILENT = "640181", "640200", "640202", "640205"
OTHER, NAMED, STUB, NO_COLUMN = "640302", "640300", "640323", "640381"
SHELL = "640402"
"""The codes of portals that are met in another way than the ordinary one."""

STUB_PAGE = (
    b"<html><head><script>eval(function(p,a,c,k){}('x'))</script></head><body></body></html>"
)


class Region:
    """The answers of all portals of a region; `portals` are the governments that the table has."""

    def __init__(self, prefix: str) -> None:
        self.portals = select_portals(known_portals(), prefix, kind="government")
        self.pages = serve(self._layout(portal, n) for n, portal in enumerate(self.portals))
        self.odd: dict[str, Callable[[Request, Portal], Answer | None]] = {
            MOVED: _to(lambda portal: NEW_HOST.format(host=portal.host)),
            LOST: _to(lambda portal: "www.nx-sjk.gov.cn"),
            BLOCKED: lambda request, portal: Answer(405, HTML, BLOCK_PAGE),
            DEAD: lambda request, portal: Answer(502, HTML, b"no answer"),
            COOKIE: _cookie,
            ROBOTS: _robots,
            SISTER: _front(lambda portal: f"xxgk.{portal.host}"),
            NAMED: _front(lambda portal: f"www.{portal.host.partition('.')[0]}xxgk.gov.cn"),
            STUB: lambda request, portal: _page(request, STUB_PAGE),
            SHELL: _shell,
        }

    def answer(self, request: Request) -> Answer:
        """Answer for one of the hosts."""
        host = bare(urlsplit(request.url).hostname or "")
        if request.method == "CONNECT":
            return Answer(502, HTML, b"no tunnel")
        if host == "nx-sjk.gov.cn":
            body = "<title>数据库</title><a href='/a/'>新闻</a><a href='/b/'>数据</a>"
            return _page(request, (body + "<a href='/c/'>地图</a><a href='/d/'>帮助</a>").encode())
        portal = next((each for each in self.portals if each.host == host), None)
        odd = self.odd.get(portal.code) if portal else None
        found = odd(request, portal) if odd and portal else None
        return found or answer(self.pages, request)

    def _layout(self, portal: Portal, number: int) -> Layout:
        family = KNOWN[number % len(KNOWN)]
        name, code = portal.name, portal.code
        if portal.code == OTHER:
            name, code = "河湾县", "410122"
        if portal.code in (SISTER, NAMED, NO_COLUMN):
            family = TrsLayout
        host = self._host_of_pages(portal)
        made = family(small_place(host, number, name, code))
        made.build()
        if portal.code == NO_COLUMN:
            made.pages = {path: each for path, each in made.pages.items() if path == "/"}
            home = made.pages["/"]
            body = home.body.replace("政府信息公开".encode(), "政府工作".encode())
            made.pages["/"] = replace(home, body=body.replace("公开".encode(), b""))
        return made

    def _host_of_pages(self, portal: Portal) -> str:
        if portal.code in (MOVED, SHELL):
            return NEW_HOST.format(host=portal.host)
        if portal.code == SISTER:
            return f"xxgk.{portal.host}"
        if portal.code == NAMED:
            return f"www.{portal.host.partition('.')[0]}xxgk.gov.cn"
        return netloc(portal.url)


@contextmanager
def served_region(prefix: str) -> Iterator[tuple[str, list[tuple[str, str, int]]]]:
    """Serve a region; yield the address of the proxy and the list of what was asked."""
    with served(Region(prefix).answer) as transport:
        yield f"http://127.0.0.1:{transport.server_port}", transport.requests


def _is_robots(request: Request) -> bool:
    return urlsplit(request.url).path == "/robots.txt"


def _page(request: Request, body: bytes) -> Answer:
    is_home = urlsplit(request.url).path == "/"
    return Answer(200, HTML, body) if is_home else Answer(404, HTML, b"<html>404</html>")


def _to(target: Callable[[Portal], str]) -> Callable[[Request, Portal], Answer | None]:
    def redirect(request: Request, portal: Portal) -> Answer | None:
        if _is_robots(request):
            return Answer(404, HTML, b"")
        return Answer(302, HTML | {"Location": f"http://{target(portal)}/"})

    return redirect


def _front(target: Callable[[Portal], str]) -> Callable[[Request, Portal], Answer | None]:
    """Return what answers with a home page whose disclosure is on another host."""

    def front(request: Request, portal: Portal) -> Answer | None:
        links = "".join(f"<a href='/{name}/'>{name}栏目</a>" for name in ("新闻", "旅游", "投资"))
        body = (
            f"<html><head><meta charset=utf-8><title>{portal.name}人民政府</title></head><body>{links}"
            f"<a href='http://{target(portal)}/'>政府信息公开</a></body></html>"
        )
        return _page(request, body.encode())

    return front


def _cookie(request: Request, portal: Portal) -> Answer | None:
    if "door=open" in request.headers.get("cookie", "") or _is_robots(request):
        return None
    return Answer(302, HTML | {"Location": request.url, "Set-Cookie": "door=open; Path=/"})


def _robots(request: Request, portal: Portal) -> Answer | None:
    return (
        Answer(200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /\n")
        if _is_robots(request)
        else None
    )


def _shell(request: Request, portal: Portal) -> Answer | None:
    target = f"http://{NEW_HOST.format(host=portal.host)}/"
    body = (
        f"<html><head><script>window.location.href='{target}'</script></head><body></body></html>"
    )
    return _page(request, body.encode())
