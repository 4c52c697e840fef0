"""The replica answers as portals do, asked over HTTP as a proxy."""

from __future__ import annotations

import gzip
import http.client
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from gongkai.replica.server import Replica
from tests.waiting import PATIENCE_SECONDS

HOME = "http://www.pingluo.gov.cn/"
REPORT = "http://www.pingluo.gov.cn/xxgk/zfxxgknb/202501/t20250120_4831742.html"


class Reply:
    """Status, headers and raw entity of one exchange."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica() as running:
        yield running


def ask(replica: Replica, url: str, method: str = "GET", **headers: str) -> Reply:
    """One request through the proxy; header names are given with _ for -."""
    connection = http.client.HTTPConnection(urlsplit(replica.url).netloc, timeout=PATIENCE_SECONDS)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, url, headers={"Host": urlsplit(url).netloc, **named})
        return Reply(connection.getresponse())
    finally:
        connection.close()


def test_a_page_with_www_without_it_and_by_its_folder(replica: Replica) -> None:
    whole = ask(replica, HOME + "xxgk/zfxxgknb/index.html")
    assert whole.status == 200
    assert "政府信息公开年报".encode() in whole.body
    assert ask(replica, HOME + "xxgk/zfxxgknb/").body == whole.body
    assert ask(replica, "http://pingluo.gov.cn/xxgk/zfxxgknb/").body == whole.body
    folder = ask(replica, HOME + "xxgk/zfxxgknb")
    assert (folder.status, folder.headers["Location"]) == (301, HOME + "xxgk/zfxxgknb/")


def test_what_is_not_there(replica: Replica) -> None:
    assert ask(replica, HOME + "xxgk/zfxxgknb/202401/t20240119_4521958.html").status == 404
    elsewhere = ask(replica, "http://www.shizuishan.gov.cn/")
    assert elsewhere.status == 502
    assert b"'www.shizuishan.gov.cn'" in elsewhere.body
    assert ask(replica, HOME, "POST").status == 405


def test_a_redirect(replica: Replica) -> None:
    moved = ask(replica, HOME + "xxgk/nb.html")
    assert (moved.status, moved.headers["Location"]) == (301, HOME + "xxgk/zfxxgknb/index.html")


def test_conditional_requests(replica: Replica) -> None:
    first = ask(replica, REPORT)
    tag, date = first.headers["ETag"], first.headers["Last-Modified"]
    assert date == "Mon, 20 Jan 2025 02:26:00 GMT"
    for headers in (
        {"If_None_Match": tag},
        {"If_None_Match": f'"x", W/{tag}'},
        {"If_Modified_Since": date},
    ):
        again = ask(replica, REPORT, **headers)
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    for headers in (
        {"If_None_Match": '"x"', "If_Modified_Since": date},
        {"If_Modified_Since": "Mon, 20 Jan 2025 02:25:59 GMT"},
        {"If_Modified_Since": "yesterday"},
    ):
        assert ask(replica, REPORT, **headers).body == first.body


def test_head_gives_the_length_alone(replica: Replica) -> None:
    head = ask(replica, REPORT, "HEAD")
    assert head.body == b""
    assert int(head.headers["Content-Length"]) == len(ask(replica, REPORT).body)


def test_gzip_where_the_site_compresses_and_the_client_asks(replica: Replica) -> None:
    url = "http://www.nxzw.gov.cn/"
    plain = ask(replica, url, Accept_Encoding="identity")
    packed = ask(replica, url, Accept_Encoding="gzip, deflate")
    assert (plain.headers["Content-Encoding"], packed.headers["Content-Encoding"]) == (None, "gzip")
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["ETag"] == "W/" + plain.headers["ETag"]
    assert ask(replica, HOME, Accept_Encoding="gzip").headers["Content-Encoding"] is None


@pytest.mark.parametrize(
    ("url", "says", "encoding"),
    [
        (REPORT, "text/html; charset=utf-8", "utf-8"),
        ("http://www.nxyn.gov.cn/", "text/html", "utf-8"),
        ("http://www.wbq.gov.cn/", "text/html", "gbk"),
        ("http://www.wbq.gov.cn/zwgk/zfxxgknb/1283046.html", "text/html; charset=UTF-8", "gbk"),
    ],
)
def test_charsets_told_kept_back_and_lied_about(
    replica: Replica, url: str, says: str, encoding: str
) -> None:
    page = ask(replica, url)
    assert page.headers["Content-Type"] == says
    assert "政府信息公开" in page.body.decode(encoding)


def test_a_second_night(replica: Replica) -> None:
    before = ask(replica, REPORT)
    replica.pages.edit(REPORT, "“平罗县工信局”微博", "“平罗工信”微博")
    replica.pages.remove(HOME + "xxgk/zfxxgkzn/index.html")
    replica.pages.put(HOME + "new.html", replica.pages.page(HOME))
    after = ask(replica, REPORT, If_None_Match=before.headers["ETag"])
    assert after.status == 200
    assert "“平罗工信”微博".encode() in after.body
    assert after.headers["Last-Modified"] == "Tue, 21 Jan 2025 02:26:00 GMT"
    assert ask(replica, HOME + "xxgk/zfxxgkzn/").status == 404
    assert ask(replica, HOME + "new.html").status == 200
    with pytest.raises(ValueError, match="does not hold"):
        replica.pages.edit(REPORT, "没有的话", "")
    with Replica() as another:
        assert ask(another, REPORT).body == before.body


def test_requests_are_recorded_in_order(replica: Replica) -> None:
    ask(replica, HOME)
    ask(replica, HOME + "nothing.html", "HEAD")
    assert replica.requests == [("GET", HOME, 200), ("HEAD", HOME + "nothing.html", 404)]
    assert replica.asked("pingluo") == [HOME, HOME + "nothing.html"]
    assert replica.asked("wbq") == []


def test_a_client_that_keeps_its_connection_does_not_hold_up_the_end() -> None:
    with Replica() as replica:
        connection = http.client.HTTPConnection(
            urlsplit(replica.url).netloc, timeout=PATIENCE_SECONDS
        )
        for _ in range(2):
            connection.request("GET", HOME)
            assert connection.getresponse().read()
    connection.close()


def test_the_script_prints_its_address_and_names_a_port_in_use(replica: Replica) -> None:
    server = [sys.executable, "-m", "gongkai.replica.server"]
    port = urlsplit(replica.url).port
    taken = subprocess.run([*server, "--port", str(port)], capture_output=True, text=True)
    assert (taken.returncode, taken.stderr) == (
        2,
        f"cannot listen on port {port}: Address already in use\n",
    )
    with subprocess.Popen(server, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            assert running.stdout.readline().startswith("http://127.0.0.1:")
        finally:
            running.terminate()
