"""How a person learns that a night needs one: against a receiver on loopback, and a command."""

from __future__ import annotations

import fcntl
import json
import shlex
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from gongkai.archive.terminal.notify import Channels, Notification, send_notifications
from gongkai.catalogue import text
from tests.archive.folder import Command

MESSAGE = Notification("Gongkai: 需要处理 needs a person", "平罗: failed\n第二行", {"exit_code": 1})
FAILING = ("nightly", "weibin", "--proxy", "http://127.0.0.1:9", "-s", "RETRY_ENABLED=False")


class Receiver(HTTPServer):
    """Keeps what it is sent; answers with `status`."""

    status = 204

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(json.loads(body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def saving(path: Path) -> str:
    """A command that writes its argument and its input to a file, as mail would send them."""
    script = "import sys; open(sys.argv[1], 'w').write(sys.argv[2] + '\\n' + sys.stdin.read())"
    return shlex.join([sys.executable, "-c", script, str(path), "{subject}"])


def test_both_ways_carry_the_whole_message(receiver: Receiver, tmp_path: Path) -> None:
    mail = tmp_path / "mail"

    assert send_notifications(MESSAGE, Channels(receiver.url, saving(mail))) == []

    assert receiver.received == [
        {
            "text": f"{MESSAGE.subject}\n{MESSAGE.text}",
            "subject": MESSAGE.subject,
            "night": {"exit_code": 1},
        }
    ]
    assert mail.read_text() == f"{MESSAGE.subject}\n{MESSAGE.text}"


def test_a_way_that_fails_says_so_and_does_not_keep_the_other_from_working(
    receiver: Receiver,
) -> None:
    receiver.status = 500
    failing = shlex.join([sys.executable, "-c", "import sys; sys.exit('no mail today')"])
    problems = send_notifications(MESSAGE, Channels(receiver.url, failing))
    assert [text("zh", problem) for problem in problems] == [
        f"{receiver.url}：HTTP Error 500: Internal Server Error",
        f"{failing}：退出代码 1：no mail today",
    ]
    assert len(receiver.received) == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "nonsense"])
def test_an_address_that_is_none_is_said(url: str) -> None:
    (problem,) = send_notifications(MESSAGE, Channels(url=url))
    assert problem.params["channel"] == url


@pytest.mark.parametrize("command", ["no-such-program", "'unclosed"])
def test_a_command_that_is_none_is_said(command: str) -> None:
    (problem,) = send_notifications(MESSAGE, Channels(command=command))
    assert problem.params["channel"] == command


@pytest.mark.parametrize(
    ("option", "given", "why"),
    [
        ("--notify-url", "nonsense", "不是网址"),
        ("--notify-url", "http://[x", "不是网址"),
        ("--notify-url", "file:///etc/hostname", "不是网址"),
        ("--notify-command", "no-such-program -s {subject}", "没有这个程序：no-such-program"),
        ("--notify-command", "'unclosed", "不是命令"),
    ],
)
def test_a_way_that_cannot_reach_anybody_is_said_at_once(
    run: Command, option: str, given: str, why: str
) -> None:
    """Not in the first night that needs it."""
    ended = run("nightly", "nowhere", option, given)

    assert f"将无法通知：{given}：" in ended.stderr.splitlines()[0]
    assert why in ended.stderr.splitlines()[0]


def test_a_failed_night_tells_a_person(
    run: Command, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_NOTIFY_URL", receiver.url)

    ended = run(*FAILING)

    assert ended.exit_code == 1, ended.output
    (told,) = receiver.received
    assert told["subject"] == (
        "Gongkai：1 项需要处理：weibin：failed 代理无法连通 www.wbq.gov.cn。请检查 --proxy 所指的代理"
    )
    assert told["night"]["troubles"] == [
        "weibin：failed 代理无法连通 www.wbq.gov.cn。请检查 --proxy 所指的代理"
    ]
    assert ended.stdout in told["text"] + "\n"


def test_a_night_that_could_not_run_tells_a_person(run: Command, receiver: Receiver) -> None:
    ended = run("nightly", "nowhere", "--notify-url", receiver.url)

    assert ended.exit_code == 2
    (told,) = receiver.received
    assert told["subject"].endswith("每夜任务未能运行")
    assert "未知网站：nowhere" in told["text"]


def test_a_second_night_at_the_same_time_says_so_and_ends(run: Command, tmp_path: Path) -> None:
    with (tmp_path / "archive.db.nightly.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        second = run(*FAILING)
    assert second.exit_code == 2
    assert "另一个每夜任务正在进行" in second.stderr
    assert not (tmp_path / "snapshots").exists()
