"""Verdicts of people: given on the command line, kept through rebuilds, shown only where public."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.archive.publication.public_reviews import copy_public_reviews
from gongkai.archive.store.reviews import VERDICTS
from gongkai.publish.pages.report.public_reviews import Review, public_reviews
from gongkai.publish.wording.codes import CODES
from tests.archive.folder import Command, Folder, report_page
from tests.archive.pipeline.test_site_facts import LINDU, fetch, run_build
from tests.archive.refusal import refused

AT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture
def check(run: Command, archive: Path) -> str:
    """The id of a failed check of the archive."""
    (found,) = json.loads(run("check", "--rule", "requests_row_total", "--json").stdout)
    return str(found["id"])


def said(path: Path) -> list[tuple[object, ...]]:
    """Return the rows of the file of verdicts, without their times."""
    with closing(sqlite3.connect(path.with_name("reviews.db"))) as conn:
        return conn.execute(
            'SELECT check_id, verdict, comment, "by", public FROM reviews'
        ).fetchall()


def test_a_verdict_is_written_beside_the_archive(run: Command, archive: Path, check: str) -> None:
    words = ("--verdict", "confirmed", "--comment", "与原件相符。", "--by", "张三")
    given = run("review", check, *words, "--json")

    assert given.exit_code == 0, given.output
    record = json.loads(given.stdout)
    assert AT.fullmatch(record.pop("at"))
    assert record.pop("check")["rule"] == "requests_row_total"
    assert record == {
        "check_id": check,
        "verdict": "confirmed",
        "comment": "与原件相符。",
        "by": "张三",
        "public": False,
    }
    assert said(archive) == [(check, "confirmed", "与原件相符。", "张三", 0)]


def test_what_is_not_said_again_stands(run: Command, archive: Path, check: str) -> None:
    """The beginning of an id is enough; a verdict is made public afterwards, and taken back."""
    by = ("--by", "李四")
    assert run("review", check, "--verdict", "unsure", "--comment", "待查。", *by).exit_code == 0
    assert run("review", check[:6], "--public", *by).exit_code == 0
    assert said(archive) == [(check, "unsure", "待查。", "李四", 1)]
    assert run("review", check, "--private", "--comment", "", *by).exit_code == 0
    assert said(archive) == [(check, "unsure", "", "李四", 0)]


def test_only_public_verdicts_reach_the_site(run: Command, archive: Path, check: str) -> None:
    file = archive.with_name("reviews.db")
    assert public_reviews(file, [check]) == {}
    run("review", check, "--verdict", "source", "--comment", "报告原文如此。")
    assert public_reviews(file, [check]) == {}
    run("review", check, "--public")
    (review,) = public_reviews(file, [check]).values()
    assert review == Review("source", "报告原文如此。", review.at)


def test_a_rebuild_touches_no_verdict(run: Command, archive: Path, check: str) -> None:
    """The file's bytes stay, and so does the check the verdict hangs on."""
    run("review", check, "--verdict", "confirmed", "--public", "--by", "张三")
    file = archive.with_name("reviews.db")
    before = file.read_bytes()

    assert run("build", "--rebuild").exit_code == 0
    assert file.read_bytes() == before
    (listed,) = json.loads(run("review", "--list", "--json").stdout)
    assert listed["check"]["id"] == check


def test_a_verdict_whose_check_is_gone_is_marked(
    run: Command, archive: Path, check: str, tmp_path: Path
) -> None:
    """The agency corrects its number: another finding, or none, and the verdict speaks of neither."""
    run("review", check, "--verdict", "confirmed", "--public", "--comment", "相符")
    page = tmp_path / "corrected.html"
    page.write_bytes(report_page())
    archive.unlink()
    (tmp_path / "snapshots").rename(tmp_path / "earlier")
    assert run("add", page).exit_code == 0

    (listed,) = json.loads(run("review", "--list", "--json").stdout)
    assert (listed["check_id"], listed["verdict"], listed["check"]) == (check, "confirmed", None)
    lines = run("review", "--list").stdout.splitlines()
    assert any("档案中已无此项核对" in line for line in lines)
    assert lines[-1] == "1 条意见，其中 1 条所指核对已不存在"
    assert run("review", check, "--private").exit_code == 0  # it can still be taken back


def test_list_in_words(run: Command, archive: Path, check: str) -> None:
    assert run("review", "--list").stdout.splitlines() == ["0 条意见，其中 0 条所指核对已不存在"]
    run("review", check, "--verdict", "rejected", "--comment", "识读无误。", "--by", "张三")
    lines = run("review", "--list").stdout.splitlines()
    assert lines[0].startswith(f"{check}  不成立 (rejected) · 不公开 · 张三 · 20")
    assert lines[1] == "  识读无误。"
    assert run("review", check).stdout.splitlines() == lines[:-2]


def test_verdicts_are_the_ones_the_site_has_words_for() -> None:
    assert set(VERDICTS) == set(CODES["review"])


def test_what_cannot_be_said(run: Command, archive: Path, check: str) -> None:
    said_so = ("--verdict", "confirmed")
    refused(run("review", "0000000000000000", *said_so), "没有这项核对")
    refused(run("review", check[:3], *said_so), "没有这项核对")
    refused(run("review", check), "尚无复核意见")
    refused(run("review", check, "--public"), "尚无复核意见", "--verdict")
    refused(run("review", check, "--verdict", "wrong"), "未知结论", "confirmed")
    refused(run("review"), "CHECK", "--list")
    refused(run("review", "--list", *said_so), "--list")
    refused(run("review", check, *said_so, "--db", "none.db"), "档案不存在")
    assert not archive.with_name("reviews.db").exists()


@pytest.mark.parametrize("content", [b"my notes", b"", None])
def test_a_file_of_something_else_is_left_alone(
    run: Command, archive: Path, check: str, content: bytes | None
) -> None:
    """Notes and foreign databases are refused; an empty file is one to begin."""
    file = archive.with_name("reviews.db")
    if content is None:
        with closing(sqlite3.connect(file)) as conn:
            conn.execute("CREATE TABLE reviews (mine)")
    else:
        file.write_bytes(content)
    before = file.read_bytes()

    given = run("review", check, "--verdict", "confirmed")
    if content == b"":
        assert given.exit_code == 0
    else:
        refused(given, "reviews.db")
        assert file.read_bytes() == before


def test_a_verdict_follows_a_report_whose_id_changes(run: Command, folder: Folder) -> None:
    """The check has another id then: the verdict is listed, shown and published under that one."""
    body = report_page("财政局", new__total="7")
    fetch(folder, LINDU, "2025-02-01T02:00:00Z", "a.html", body, with_facts=False)
    run_build(folder)
    ((old,),) = folder.rows("SELECT id FROM checks WHERE rule = 'requests_row_total'")
    words = ("--verdict", "confirmed", "--by", "张三", "--public")
    assert run("review", old, *words).exit_code == 0
    run_build(folder, LINDU)
    ((new,),) = folder.rows("SELECT id FROM checks WHERE rule = 'requests_row_total'")
    assert new != old
    (listed,) = json.loads(run("review", "--list", "--json").stdout)
    assert (listed["check_id"], listed["check"]["id"]) == (new, new)
    reviews = folder.db.with_name("reviews.db")
    with closing(sqlite3.connect(folder.db)) as archive:
        assert public_reviews(reviews, [new], archive)[new].verdict == "confirmed"
    published = folder.db.with_name("published.db")
    assert copy_public_reviews(reviews, folder.db, published) == 1
    assert public_reviews(published, [new]).keys() == {new}
    for name in (old, new):
        assert run("review", name, "--verdict", "rejected", "--by", "李四").exit_code == 0
    (listed,) = json.loads(run("review", "--list", "--json").stdout)
    assert (listed["check_id"], listed["verdict"]) == (new, "rejected")
