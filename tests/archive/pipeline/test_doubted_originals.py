"""Numbers that somebody wrote into our own WARC files: no build takes them, with or without a new index."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gongkai.archive.errors import ArchiveError
from gongkai.crawler.evidence.closing import cover_leftovers
from gongkai.crawler.warc.compose import (
    Exchange,
    compose_exchange,
    compose_facts,
    http_head,
    status_line,
)
from tests.archive.folder import HOST, HTML, Command, Folder, report_page

PAGE = "/zfxxgknb/202501/t20250120_1.html"
TOTAL = "SELECT total FROM requests WHERE item = 'new'"


def answer(body: bytes, at: str) -> Exchange:
    return Exchange(
        url=HOST + PAGE,
        fetched_at=at,
        status=200,
        request_head=http_head("GET / HTTP/1.1", [("Host", "www.pingluo.gov.cn")]),
        response_head=http_head(status_line("HTTP/1.1", 200), [("Content-Type", HTML)]),
        body=body,
    )


@pytest.fixture
def covered(folder: Folder) -> Path:
    """One report with a seven, covered by a manifest; return its file."""
    kept = folder.fetch("2025-01-21T02:00:00Z", PAGE, report_page(new__total="7"))
    cover_leftovers(folder.snapshots)
    return folder.snapshots.folder / kept.warc


def append_later(path: Path) -> None:
    """Append what a later night would have written: the same page with other numbers."""
    forged = answer(report_page(new__total="999"), "2025-02-21T02:00:00Z")
    with path.open("ab") as file:
        file.write(compose_exchange(forged, "f" * 32, None))


@pytest.mark.parametrize(
    "derive_again", [lambda folder: folder.snapshots.reindex(), lambda folder: None]
)
def test_an_appended_record_gives_no_number(
    folder: Folder, covered: Path, derive_again: Callable[[Folder], None]
) -> None:
    append_later(covered)
    derive_again(folder)
    folder.build()
    assert folder.rows(TOTAL) == [(7,)]
    assert folder.rows("SELECT count(*) FROM revisions") == [(1,)]


def test_a_record_in_the_place_of_another_gives_no_number(folder: Folder, covered: Path) -> None:
    (kept,) = folder.snapshots.all()
    forged = answer(report_page(new__total="999"), kept.fetched_at)
    opening = covered.read_bytes()[: kept.offset]
    covered.write_bytes(opening + compose_exchange(forged, kept.id, None))
    built = folder.build()
    assert [lost.key for lost in built.lost] == ["original_unreadable"]
    assert folder.rows(TOTAL) == []
    with pytest.raises(ArchiveError):
        folder.rebuild()
    folder.snapshots.reindex()
    assert [doubt.key for doubt in folder.snapshots.doubts()] == ["records_not_covered"]
    assert not [*folder.snapshots.all()]


def test_a_file_that_somebody_put_there_gives_no_number(folder: Folder, covered: Path) -> None:
    with Folder(covered.parent.parent / "elsewhere") as other:
        planted = other.fetch("2025-02-21T02:00:00Z", PAGE, report_page(new__total="999"))
        (covered.parent / planted.warc).write_bytes(
            (other.snapshots.folder / planted.warc).read_bytes()
        )
    folder.snapshots.refresh()
    folder.build()
    assert folder.rows(TOTAL) == [(7,)]


def test_stated_facts_behind_a_document_are_not_believed(folder: Folder) -> None:
    kept = folder.snapshots.write_resource("file:///a.html", report_page(), "text/html")
    cover_leftovers(folder.snapshots)
    stated = compose_facts(kept.id, kept.url, kept.fetched_at, {"agency": "平罗县公安局"})
    with (folder.snapshots.folder / kept.warc).open("ab") as file:
        file.write(stated)
    assert folder.snapshots.facts(kept) == {}
    with_facts = folder.snapshots.write_resource(
        "file:///b.html", report_page(), "text/html", facts={"year": "2024"}
    )
    assert folder.snapshots.facts(with_facts) == {"year": "2024"}
    cover_leftovers(folder.snapshots)
    assert folder.snapshots.facts(with_facts) == {"year": "2024"}


def test_commands_name_what_they_do_not_read(run: Command, folder: Folder, covered: Path) -> None:
    append_later(covered)
    for words in (("snapshots", "verify"), ("snapshots", "reindex"), ("build",)):
        done = run(*words)
        assert done.exit_code == 1
        assert covered.name in done.stderr
        assert "未被任何清单涵盖" in done.stderr
    assert folder.rows(TOTAL) == [(7,)]
    planted = covered.with_name("pingluo-20250221T020000000Z-9.warc.gz")
    planted.write_bytes(covered.read_bytes())
    for words in (("snapshots", "verify"), ("build",)):
        assert f"{planted.name}：没有清单涵盖此文件" in run(*words).stderr
    assert run("snapshots", "accept", planted.name).stdout == "已接收 1 个文件（清单 2）\n"
    refused = run("snapshots", "accept", planted.name)
    assert (refused.exit_code, "Traceback" in refused.output) == (2, False)


def test_a_manifest_that_the_archive_knows_has_to_be_there(run: Command, folder: Folder) -> None:
    for day in (21, 22):
        folder.fetch(f"2025-01-{day}T02:00:00Z", f"/{day}.html", b"<p>a page</p>")
        cover_leftovers(folder.snapshots)
    assert run("build").exit_code == 0
    assert run("snapshots", "verify", "--against", folder.db).exit_code == 0
    (digest,) = folder.rows("SELECT digest FROM manifests WHERE number = 2")[0]
    assert run("snapshots", "verify", "--head", digest).exit_code == 0
    manifests = folder.snapshots.folder / "manifests"
    (manifests / "000000" / "000000002.json").unlink()
    (manifests / "index.db").unlink()
    for words in (("--against", folder.db), ("--head", digest)):
        named = run("snapshots", "verify", *words)
        assert (named.exit_code, digest in named.stderr) == (1, True)
    for words in (("build",), ("build", "--rebuild")):
        built = run(*words)
        assert (built.exit_code, digest in built.stderr) == (1, True)
    assert run("snapshots", "verify", "--head", "abc").exit_code == 2
