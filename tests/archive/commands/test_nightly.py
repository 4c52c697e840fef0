"""A night through the command line, against the replica of the portals."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gongkai.archive.cli import main
from gongkai.archive.commands import nightly
from gongkai.archive.pipeline.builder import BuildResult
from gongkai.archive.terminal.night_summary import Night, Totals
from gongkai.catalogue import text
from gongkai.crawler.warc.snapshot import Run
from gongkai.messages import message
from gongkai.replica.server import Replica
from tests.archive.digest.mail_stub import post_office
from tests.archive.folder import dump

QUICK = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False")
SITE = "weibin"


def night(proxy: str, *words: str) -> Any:
    return CliRunner().invoke(main, ["nightly", "--proxy", proxy, *QUICK, *words])


def test_nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Replica() as replica:
        first = night(replica.url, SITE)
        assert first.exit_code == 0, first.output
        lines = first.stdout.splitlines()
        assert [line.split()[0] for line in lines[:3]] == ["网站", SITE, "合计"]
        assert lines[1].split()[1:2] == ["ok"]
        assert "报告：新增 1" in first.stdout
        one = dump(tmp_path / "archive.db")

        again = ("--json", "-s", "GONGKAI_ROTATION_DAYS=0", "--publish", "public")
        second = night(replica.url, SITE, *again)
        data = json.loads(second.stdout)
        (run,) = data["runs"]
        assert (second.exit_code, data["troubles"]) == (0, [])
        assert (run["counts"]["new"], run["counts"]["changed"]) == (0, 0)
        assert data["build"]["reports"] == {"new": 0, "changed": 0, "unchanged": 1, "dropped": 0}
        two = dump(tmp_path / "archive.db")
        assert two["requests"] == one["requests"]
        assert len(two["runs"]) == len(one["runs"]) + 1
        assert data["published"]["reports"] == 1
        assert (tmp_path / "public" / "current").resolve() == Path(
            data["published"]["path"]
        ).resolve()

        status = json.loads(CliRunner().invoke(main, ["status", "--json"]).stdout)
        shown = {row["site"]: row for row in status}
        assert shown[SITE]["outcome"] == "ok"
        assert shown[SITE]["requests"] == run["counts"]["requests"]
        assert shown["pingluo"]["outcome"] is None

    (tmp_path / "archive.db").unlink()
    assert CliRunner().invoke(main, ["build", "--rebuild"]).exit_code == 0
    assert dump(tmp_path / "archive.db") == two


def test_a_portal_out_of_reach_needs_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    result = night("http://127.0.0.1:9", SITE, "-s", "RETRY_ENABLED=False")

    assert result.exit_code == 1, result.output
    assert f"需要处理：{SITE}：failed" in result.stdout


def test_a_night_that_cannot_publish_needs_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it crawled and built is told all the same."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").touch()
    with Replica() as replica:
        result = night(replica.url, SITE, "--publish", "taken")
    assert result.exit_code == 1, result.output
    assert "报告：新增 1" in result.stdout
    assert "需要处理：taken：目录中有别的东西" in result.stdout


SUBSCRIBERS = """
[[subscriber]]
address = "editor@example.org"
regions = ["410000", "640000"]
"""


def test_subscribers_get_a_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what the second night found; a server that is gone needs a person, and is tried again."""
    monkeypatch.chdir(tmp_path)
    Path("subscribers.toml").write_text(SUBSCRIBERS, encoding="utf-8")
    base = ("--base-url", "https://example.org", "--mail-from", "Gongkai <a@example.org>")
    digest = ("--digest", "subscribers.toml", *base)
    with Replica() as replica, post_office() as box:
        first = night(replica.url, SITE, *digest, "--mail-server", box.address)
        assert (first.exit_code, box.mails) == (0, []), first.output
        gone = night(replica.url, "pingluo", *digest, "--mail-server", "smtp://127.0.0.1:1")
        assert gone.exit_code == 1
        assert "发给 editor@example.org 的邮件摘要未能发出" in gone.stdout
        done = night(replica.url, SITE, *digest, "--mail-server", box.address)
        assert "邮件摘要：已发送 1 封" in done.stdout, done.output
        last = night(replica.url, SITE, *digest, "--mail-server", box.address)
        assert "邮件摘要：已发送 0 封" in last.stdout, last.output
    ((recipient, mail),) = box.mails
    assert recipient == "editor@example.org"
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert "https://example.org/report/640221-" in plain.get_content()


@pytest.mark.parametrize(
    "words",
    [
        ("--digest", "missing.toml"),
        ("--digest", "subscribers.toml", "--mail-server", "http://example.org"),
        ("--digest", "subscribers.toml", "--mail-server", "smtp://example.org"),
        (
            *("--digest", "subscribers.toml", "--mail-server", "smtp://example.org"),
            *("--mail-from", "a@example.org"),
        ),
    ],
)
def test_what_a_digest_lacks_is_told_before_the_crawl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("subscribers.toml").write_text(SUBSCRIBERS, encoding="utf-8")
    assert night("http://127.0.0.1:9", SITE, *words).exit_code == 2
    assert not Path("snapshots").exists()


@pytest.mark.parametrize(
    "problem",
    [OSError(28, "No space left on device"), sqlite3.OperationalError("no such table: reports")],
)
def test_whatever_keeps_a_night_from_publishing_its_summary_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    """Hours of crawling are told before the trouble, which is reported."""

    def fail(*_words: object, **_options: object) -> None:
        raise problem

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(nightly, "publish_archive", fail)
    with Replica() as replica:
        result = night(replica.url, SITE, "--publish", "public")
    assert result.exit_code == 1, result.output
    assert "报告：新增 1" in result.stdout
    assert f"需要处理：{render_reason(problem)}" in result.stdout


def render_reason(problem: Exception) -> str:
    return "发布失败：磁盘已满" if isinstance(problem, OSError) else "发布失败：no such table"


def test_a_folder_that_cannot_be_published_to_is_named_before_the_crawl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The crawl is worth it all the same."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "public" / "current").mkdir(parents=True)
    (tmp_path / "public" / ".lock").touch()
    result = night("http://127.0.0.1:9", SITE, "-s", "RETRY_ENABLED=False", "--publish", "public")
    assert result.exit_code == 1
    first = result.stderr.splitlines()[0]
    assert first.startswith("注意：采集照常进行，但之后将无法发布：public/current：应为链接")


def run_of(outcome: str = "ok", why: str = "", **counts: int) -> Run:
    started, finished = "2025-01-21T01:00:00Z", "2025-01-21T02:00:00Z"
    return Run("0" * 32, "pingluo", started, finished, outcome, counts, why=why)


@pytest.mark.parametrize(
    ("run", "built", "troubles"),
    [
        (run_of(new=1), BuildResult(), []),
        (run_of(gone=3, errors=1), BuildResult(), []),
        (
            run_of("failed", "fewer reports than 20"),
            BuildResult(),
            ["pingluo：failed fewer reports than 20"],
        ),
        (run_of("partial", "its budget is spent", requests=9), BuildResult(), []),
        (
            run_of("partial", "outside its window"),
            BuildResult(),
            ["pingluo：partial outside its window"],
        ),
        (
            run_of(
                "incomplete",
                str(
                    message(
                        "run_lists_incomplete",
                        n=1,
                        lists=(message("list_rows_short", list="年报 u", reached=2, stated=5),),
                    )
                ),
            ),
            BuildResult(),
            [
                "pingluo：incomplete 有 1 个列表只读到一部分：年报 u 应有 5 条，读到 2 条",
            ],
        ),
        (run_of(blocked=2), BuildResult(), ["pingluo：被拦截 2 次"]),
        (
            run_of(),
            BuildResult(lost=[message("original_unknown", url="a")]),
            ["原件缺损：a：原件不在索引中"],
        ),
        (run_of(), BuildResult(unattributed=["u"]), ["机关或年度不明：u"]),
    ],
)
def test_what_needs_a_person(run: Run, built: BuildResult, troubles: list[str]) -> None:
    ended = Night([run], built, Totals(4, 4, {"source": 9}))

    assert ([text("zh", each) for each in ended.troubles], ended.exit_code) == (
        troubles,
        1 if troubles else 0,
    )
    assert ended.data("zh")["exit_code"] == ended.exit_code
