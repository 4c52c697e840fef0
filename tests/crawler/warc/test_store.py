"""The folder of originals: what is kept, found, read back and indexed again."""

from __future__ import annotations

import gzip
import hashlib
import random
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest

from gongkai.catalogue import text
from gongkai.crawler.warc.cdxj import cdxj_lines
from gongkai.crawler.warc.file_records import PlacedRecord, walk_records
from gongkai.crawler.warc.snapshot import Run, new_run_id
from gongkai.crawler.warc.store import Snapshot, Snapshots, StorageError
from gongkai.crawler.warc.verify import verify_snapshots

PAGE = "<html>政府信息公开年报</html>".encode()
RUN = "a" * 32


def sha256(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def test_a_full_disk_is_told_as_one(tmp_path):
    """SQLite ends the transaction itself then."""
    with Snapshots(tmp_path) as snapshots:
        index = snapshots.index
        (pages,) = index._db.execute("PRAGMA page_count").fetchone()
        index._db.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(sqlite3.OperationalError, match="full"), index.batch():
            index.files.await_reading(f"{number}{'x' * 900}.warc.gz" for number in range(100))


def test_a_fetch_is_one_row_and_one_record(tmp_path, exchange, warcio_check):
    packed = gzip.compress(PAGE, mtime=0)
    headers = [("Content-Type", "Text/HTML; charset=utf-8"), ("Content-Encoding", "gzip")]
    with Snapshots(tmp_path) as snapshots:
        writer = snapshots.writer("pingluo", RUN)
        kept, before = writer.write_exchange(exchange(body=packed, headers=headers))
        writer.close()

        assert before is None
        assert list(snapshots.all()) == [kept]
        assert kept == Snapshot(
            id=kept.id,
            site="pingluo",
            url="http://www.pingluo.gov.cn/",
            final_url="http://www.pingluo.gov.cn/",
            fetched_at="2026-01-20T02:00:00Z",
            status=200,
            media_type="text/html",
            bytes=len(PAGE),
            digest=sha256(PAGE),
            warc=kept.warc,
            offset=kept.offset,
        )
        assert (tmp_path / kept.warc).is_file()
        assert snapshots.body(kept) == PAGE
        assert snapshots.headers(kept) == tuple(headers)
        assert snapshots.latest(kept.url) == kept
        assert snapshots.get(kept.id) == kept
    warcio_check(tmp_path)


def test_a_redirect_says_where_it_leads(tmp_path, exchange):
    with Snapshots(tmp_path) as snapshots:
        writer = snapshots.writer("pingluo")
        kept, _ = writer.write_exchange(
            exchange(body=b"", status=301, headers=[("Location", "/xxgk/nb/")])
        )
        writer.close()
    assert kept.final_url == "http://www.pingluo.gov.cn/xxgk/nb/"


def test_an_unchanged_page_becomes_a_revisit_that_reads_the_same(tmp_path, exchange, warcio_check):
    with Snapshots(tmp_path) as snapshots:
        for day in ("2026-01-20", "2026-01-21"):
            writer = snapshots.writer("pingluo")
            kept, before = writer.write_exchange(exchange(body=PAGE, fetched_at=f"{day}T02:00:00Z"))
            writer.close()
        first, second = snapshots.all()

        assert before.snapshot == first
        assert kept == second
        assert second.digest == first.digest == sha256(PAGE)
        assert snapshots.body(second) == PAGE
        assert snapshots.index.get(second.id).kind == "revisit"
        assert snapshots.latest(first.url) == second
    warcio_check(tmp_path)


def test_not_modified_stands_for_the_document_there_is(tmp_path, exchange, warcio_check):
    full = [("Content-Type", "text/html"), ("ETag", '"v1"'), ("Content-Encoding", "gzip")]
    packed = gzip.compress(PAGE, mtime=0)
    with Snapshots(tmp_path) as snapshots:
        writer = snapshots.writer("pingluo")
        first, _ = writer.write_exchange(exchange(body=packed, headers=full))
        revisit, _ = writer.write_exchange(
            exchange(body=packed, headers=full, fetched_at="2026-01-21T02:00:00Z")
        )
        third, before = writer.write_exchange(
            exchange(body=b"", headers=(), status=304, fetched_at="2026-01-22T02:00:00Z")
        )
        writer.close()

        assert before.snapshot == revisit
        assert third == replace(
            first,
            id=third.id,
            status=304,
            fetched_at="2026-01-22T02:00:00Z",
            offset=third.offset,
        )
        assert snapshots.body(third) == PAGE
        assert snapshots.index.get(third.id).refers == first.id
        assert snapshots.index.get(third.id).etag == '"v1"'
    warcio_check(tmp_path)


def test_the_same_bytes_on_another_site_are_kept_there_too(tmp_path, exchange):
    with Snapshots(tmp_path) as snapshots:
        for site in ("pingluo", "zhongwei"):
            writer = snapshots.writer(site)
            kept, _ = writer.write_exchange(exchange(body=PAGE, url=f"http://{site}.gov.cn/a.pdf"))
            writer.close()
            assert snapshots.index.get(kept.id).kind == "response"


def test_a_cut_answer_is_marked_as_such(tmp_path, exchange):
    with Snapshots(tmp_path) as snapshots:
        writer = snapshots.writer("pingluo")
        kept, _ = writer.write_exchange(exchange(truncated="disconnect"))
        writer.close()
        assert snapshots.index.get(kept.id).truncated == "disconnect"


def test_a_document_from_disk_is_kept_once(tmp_path, warcio_check):
    with Snapshots(tmp_path) as snapshots:
        kept = snapshots.write_resource("file:///年报.pdf", b"%PDF-1.7", "application/pdf")
        again = snapshots.write_resource("file:///年报.pdf", b"%PDF-1.7", "application/pdf")
        other = snapshots.write_resource("file:///年报.pdf", b"%PDF-1.8", "application/pdf")

        assert kept == again
        assert (kept.site, kept.status, kept.media_type) == ("added", 0, "application/pdf")
        assert list(snapshots.all()) == [kept, other]
        assert snapshots.body(other) == b"%PDF-1.8"
    warcio_check(tmp_path)


def test_what_is_stated_of_a_document_is_kept_beside_it(tmp_path, dump, warcio_check):
    facts = {"agency": "平罗县教育局", "year": "2024"}
    with Snapshots(tmp_path) as snapshots:
        plain = snapshots.write_resource("file:///a.pdf", b"%PDF-1.7", "application/pdf")
        stated = snapshots.write_resource(
            "file:///a.pdf", b"%PDF-1.7", "application/pdf", facts=facts
        )
        again = snapshots.write_resource(
            "file:///a.pdf", b"%PDF-1.7", "application/pdf", facts=facts
        )
        assert stated == again != plain
        assert snapshots.facts(stated) == facts
        assert snapshots.facts(plain) == {}
        before = dump(tmp_path)
        snapshots.reindex()
        assert dump(tmp_path) == before
    warcio_check(tmp_path)


def test_the_index_is_made_again_from_the_files_alone(tmp_path, exchange, dump):
    run = Run(RUN, "pingluo", "2026-01-20T02:00:00Z", "2026-01-20T03:00:00Z", "ok", {"requests": 4})
    with Snapshots(tmp_path) as snapshots:
        writer = snapshots.writer("pingluo", RUN)
        for url, body, status in (
            ("http://www.pingluo.gov.cn/", PAGE, 200),
            ("http://www.pingluo.gov.cn/a", b"", 302),
            ("http://www.pingluo.gov.cn/", PAGE, 200),
            ("http://www.pingluo.gov.cn/", b"", 304),
        ):
            writer.write_exchange(exchange(url=url, body=body, status=status))
        writer.write_run(run)
        writer.close()
        snapshots.write_resource("file:///a.txt", b"text", "text/plain")
        before = dump(tmp_path)
        order = list(snapshots.all())

        snapshots.reindex()
        assert dump(tmp_path) == before

    for leftover in tmp_path.glob("index.db*"):
        leftover.unlink()
    with Snapshots(tmp_path) as snapshots:
        assert dump(tmp_path) == before
        assert list(snapshots.all()) == order
        assert snapshots.runs() == [run]


def test_runs_of_one_second_stand_in_their_order(tmp_path):
    started, finished = "2026-01-20T02:00:00Z", "2026-01-20T02:00:00Z"
    runs = [Run(new_run_id(), "pingluo", started, finished, "ok", {"reports": n}) for n in range(9)]
    with Snapshots(tmp_path) as snapshots:
        for run in runs:
            writer = snapshots.writer("pingluo", run.id)
            writer.write_run(run)
            writer.close()
        assert snapshots.runs() == runs
        assert snapshots.index.runs.last("pingluo") == runs[-1]
        snapshots.reindex()
        assert snapshots.runs() == runs


def test_files_from_another_machine_are_taken_up(tmp_path, exchange, dump):
    for name in ("here", "there"):
        with Snapshots(tmp_path / name) as snapshots:
            writer = snapshots.writer("pingluo")
            writer.write_exchange(exchange(url=f"http://www.pingluo.gov.cn/{name}"))
            writer.close()
    for path in (tmp_path / "there").glob("*.warc.gz"):
        path.rename(tmp_path / "here" / path.name)
    with Snapshots(tmp_path / "here") as snapshots:
        assert {snapshot.url[-5:] for snapshot in snapshots.all()} == {"/here", "there"}


def test_a_folder_that_is_in_order_is_not_looked_through(tmp_path, exchange):
    """What another process left or brought waits for the next one that puts it in order."""
    with Snapshots(tmp_path / "other") as other:
        writer = other.writer("weibin", RUN)
        brought, _ = writer.write_exchange(exchange())
        writer.close()
    with Snapshots(tmp_path / "here"):
        pass
    name = brought.warc
    (tmp_path / "here" / f"{name}.open").write_bytes(
        (tmp_path / "other" / name).read_bytes() + b"torn"
    )
    with Snapshots(tmp_path / "here", is_in_order=True) as snapshots:
        assert list(snapshots.all()) == []
    assert (tmp_path / "here" / f"{name}.open").exists()
    with Snapshots(tmp_path / "here") as snapshots:
        assert list(snapshots.all()) == [brought]
    for path in (tmp_path / "here").glob("index.db*"):
        path.unlink()
    with Snapshots(tmp_path / "here", is_in_order=True) as snapshots:
        assert list(snapshots.all()) == [brought]


def test_numbers_lead_a_reader_on(tmp_path, exchange):
    with Snapshots(tmp_path) as snapshots:
        writer = snapshots.writer("pingluo")
        first, _ = writer.write_exchange(exchange(url="http://www.pingluo.gov.cn/1"))
        ((seen, snapshot),) = snapshots.after(0)
        second, _ = writer.write_exchange(exchange(url="http://www.pingluo.gov.cn/2"))
        writer.close()
        assert snapshot == first
        assert [found for _, found in snapshots.after(seen)] == [second]


def test_a_running_and_an_interrupted_run_are_seen(tmp_path, exchange):
    with Snapshots(tmp_path) as snapshots:
        writer = snapshots.writer("pingluo", RUN)
        writer.write_exchange(exchange())
        assert [(run.id, run.outcome) for run in snapshots.runs()] == [(RUN, "running")]
        writer.close()
        ((run),) = snapshots.runs()
        assert (run.outcome, run.counts) == ("interrupted", {"requests": 1})


def test_a_broken_index_is_one_clear_error(tmp_path):
    (tmp_path / "index.db").write_bytes(b"no database at all, but long enough to be looked at" * 99)
    with pytest.raises(StorageError, match=r"^index_damaged \{.*/index\.db\""):
        Snapshots(tmp_path)


def test_an_index_of_another_version_is_made_again(tmp_path, exchange):
    with Snapshots(tmp_path) as snapshots:
        writer = snapshots.writer("pingluo")
        kept, _ = writer.write_exchange(exchange())
        writer.close()
    db = sqlite3.connect(tmp_path / "index.db")
    db.execute("PRAGMA user_version = 1")
    db.execute("DROP TABLE runs")
    db.close()
    steps: dict[str, int] = {}

    @contextmanager
    def begin(label, total):
        steps[label] = -total

        def step():
            steps[label] += 1

        yield step

    with Snapshots(tmp_path, begin=begin) as snapshots:
        assert list(snapshots.all()) == [kept]
        assert snapshots.runs() == []
    assert steps == {"progress_index_files": 0, "progress_index_visits": 0}
    steps.clear()
    with Snapshots(tmp_path, begin=begin):
        assert steps == {}


def test_an_index_of_a_later_version_is_left_to_it(tmp_path, exchange):
    """A program that was not updated yet, or runs on since before, does not make it again."""
    with Snapshots(tmp_path) as snapshots:
        writer = snapshots.writer("pingluo")
        writer.write_exchange(exchange())
        writer.close()
    with closing(sqlite3.connect(tmp_path / "index.db")) as db:
        db.execute("PRAGMA user_version = 99")
    before = (tmp_path / "index.db").read_bytes()
    with pytest.raises(StorageError) as refused:
        Snapshots(tmp_path)
    assert "newer version" in text("en", refused.value.message)
    assert (tmp_path / "index.db").read_bytes() == before


def test_a_damaged_file_is_told_and_its_good_part_read(tmp_path, exchange, caplog):
    with Snapshots(tmp_path) as snapshots:
        writer = snapshots.writer("pingluo")
        first, _ = writer.write_exchange(exchange(url="http://www.pingluo.gov.cn/1"))
        second, _ = writer.write_exchange(exchange(url="http://www.pingluo.gov.cn/2"))
        writer.close()
        path = tmp_path / first.warc
        data = bytearray(path.read_bytes())
        data[second.offset + 20] ^= 0xFF
        path.write_bytes(data)

        snapshots.reindex()
        assert list(snapshots.all()) == [first]
        assert f"bytes {second.offset} to" in caplog.text
        with pytest.raises(StorageError, match="record_unreadable"):
            snapshots.body(second)


def test_records_behind_a_damaged_place_are_not_lost(tmp_path, exchange, caplog):
    """A flipped bit costs one record, not all that follow; what it looks like inside is no record."""
    inner = [gzip.compress(random.Random(seed).randbytes(3000)) for seed in range(3)]
    with Snapshots(tmp_path) as snapshots:
        writer = snapshots.writer("pingluo")
        kept = [
            writer.write_exchange(
                exchange(url=f"http://www.pingluo.gov.cn/{number}", body=inner[number])
            )[0]
            for number in range(3)
        ]
        writer.close()
        path = tmp_path / kept[0].warc
        data = bytearray(path.read_bytes())
        for place in (20, kept[1].offset + 20):  # the head of the file, and its second answer
            data[place] ^= 0xFF
        path.write_bytes(data)

        wrong = [text("en", problem) for problem in verify_snapshots(snapshots).wrong]
        assert wrong[0].startswith(f"{path.name}: damaged from byte 0 on, ")
        assert wrong[1].startswith(f"{path.name}: damaged from byte {kept[1].offset} on, ")
        assert "http://www.pingluo.gov.cn/1 is in the index but not in the file" in wrong[-1]

        snapshots.reindex()
        assert list(snapshots.all()) == [kept[0], kept[2]]
        assert f"bytes {kept[1].offset} to" in caplog.text
        assert snapshots.body(kept[2]) == inner[2]


def test_a_dead_crawls_file_is_cut_behind_its_last_whole_record(tmp_path, exchange):
    """Not at a damaged place before it."""
    with Snapshots(tmp_path) as snapshots:
        writer = snapshots.writer("pingluo")
        first, _ = writer.write_exchange(exchange(url="http://www.pingluo.gov.cn/1"))
        second, _ = writer.write_exchange(exchange(url="http://www.pingluo.gov.cn/2", body=PAGE))
        writer.close()
    path = tmp_path / first.warc
    whole = path.read_bytes()
    data = bytearray(whole + whole[:50])
    data[first.offset + 20] ^= 0xFF
    path.unlink()
    (tmp_path / "index.db").unlink()
    path.with_name(path.name + ".open").write_bytes(data)

    with Snapshots(tmp_path) as snapshots:
        assert list(snapshots.all()) == [second]
    assert path.read_bytes() == data[: len(whole)]


def test_a_folder_of_the_network_has_an_index_that_machines_can_share(
    tmp_path, exchange, monkeypatch
):
    monkeypatch.setattr(
        "gongkai.crawler.warc.index.is_on_network", lambda folder: folder == tmp_path
    )
    with Snapshots(tmp_path) as ours, Snapshots(tmp_path) as theirs:
        for number, (snapshots, site) in enumerate([(ours, "pingluo"), (theirs, "weibin")] * 2):
            writer = snapshots.writer(site)
            writer.write_exchange(exchange(url=f"http://www.{site}.gov.cn/{number}"))
            writer.close()
        assert {path.name for path in tmp_path.glob("index.db*")} == {
            "index.db"
        }  # no -wal, no -shm
        assert [s.url for s in ours.all()] == [s.url for s in theirs.all()]
        assert len(list(ours.all())) == 4


def test_answers_to_two_bodies_are_two_addresses(tmp_path, exchange, dump, warcio_check):
    search = "http://www.pingluo.gov.cn/search"
    address = f"{search}?__wb_method=POST&page="
    with Snapshots(tmp_path) as snapshots:
        writer = snapshots.writer("pingluo", RUN)
        for page in ("1", "2"):
            asked = exchange(
                url=search,
                body=f'{{"page":{page}}}'.encode(),
                request_body=f"page={page}".encode(),
                body_address=address + page,
            )
            _, before = writer.write_exchange(asked)
            assert before is None
        _, before = writer.write_exchange(asked)
        writer.close()
        assert before is not None
        assert before.snapshot.url == address + "2"
        assert [one.url for one in snapshots.all()] == [address + page for page in "122"]
        assert [snapshots.body(one) for one in snapshots.all()] == [
            b'{"page":1}',
            b'{"page":2}',
            b'{"page":2}',
        ]
    made = dump(tmp_path)
    (tmp_path / "index.db").unlink()
    with Snapshots(tmp_path):
        assert dump(tmp_path)["snapshots"] == made["snapshots"]
    warcio_check(tmp_path)
    (warc,) = tmp_path.glob("*.warc.gz")
    assert (
        sum(" 2026" in line and "__wb_method=post&page=2" in line for line in cdxj_lines(warc)) == 2
    )
    records = [one.record for one in walk_records(warc) if isinstance(one, PlacedRecord)]
    sent = [record.payload for record in records if record.kind == "request"]
    assert sent == [b"page=1", b"page=2", b"page=2"]
