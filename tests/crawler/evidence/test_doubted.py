"""Originals that somebody added to, replaced or renamed: `verify` names each, and nothing of them is believed."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gongkai import clock
from gongkai.crawler.evidence.closing import (
    FileNotStrange,
    accept_files,
    close_run,
    cover_added,
    cover_leftovers,
)
from gongkai.crawler.evidence.folder_check import verify_folder
from gongkai.crawler.evidence.manifest_chain import ManifestChain
from gongkai.crawler.foreign.record_head import HeaderList
from gongkai.crawler.imports.import_writer import RECORD_END, ImportWriter
from gongkai.crawler.merging.merge_files import merge_months
from gongkai.crawler.warc.compose import (
    Exchange,
    compose_exchange,
    compose_warcinfo,
    http_head,
    status_line,
)
from gongkai.crawler.warc.foreign_record import read_foreign
from gongkai.crawler.warc.parse import gzip_members
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots
from gongkai.crawler.warc.tables.import_table import ImportNote

HTML: HeaderList = (("Content-Type", "text/html"),)
DAY = "2026-03-{:02d}T02:00:00Z"
Edit = Callable[[Path, list[str], int], None]


def answer(url: str, body: bytes, at: str) -> Exchange:
    return Exchange(
        url=url,
        fetched_at=at,
        status=200,
        request_head=http_head("GET / HTTP/1.1", [("Host", "www.weibin.gov.cn")]),
        response_head=http_head(status_line("HTTP/1.1", 200), HTML),
        body=body,
    )


def keep_run(snapshots: Snapshots, number: int, site: str = "weibin", *, ends: bool = True) -> None:
    """Keep a run with two pages; one that does not end leaves its file without a manifest."""
    run = Run(f"{number:032x}", site, DAY.format(number), DAY.format(number), "ok", {"new": 2})
    writer = snapshots.writer(site, run.id)
    for place in ("a", "b"):
        body = f"<p>{place} {number}</p>".encode()
        url = f"http://www.{site}.gov.cn/{place}"
        writer.write_exchange(answer(url, body, DAY.format(number)))
    if ends:
        writer.write_run(run)
        close_run(snapshots, writer, run)
    else:
        writer.close()


def keep_import(snapshots: Snapshots) -> None:
    url, body = "http://www.weibin.gov.cn/old", b"<p>old</p>"
    packed = compose_exchange(answer(url, body, DAY.format(1)), "c" * 32, None)
    (_, _, content), _ = gzip_members(BytesIO(packed))
    content = content.removesuffix(RECORD_END)
    foreign = read_foreign(content)
    note = ImportNote(foreign.record.id, "other", "x", "x.warc", "", "x", DAY.format(9))
    writer = ImportWriter(snapshots.folder, snapshots.index)
    writer.write(content, foreign, note)
    writer.close()
    cover_added(snapshots, writer.files)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two merged runs, two runs, a document from disk, an import, and a run that was killed."""
    folder = tmp_path_factory.mktemp("original")
    with Snapshots(folder) as snapshots:
        keep_run(snapshots, 1)
        keep_run(snapshots, 2)
        with pytest.MonkeyPatch.context() as patch:
            later = clock.now() + timedelta(days=40)
            patch.setattr(clock, "now", lambda: later)
            assert merge_months(snapshots).after == 1
        keep_run(snapshots, 3)
        keep_run(snapshots, 4, "pingluo")
        kept = snapshots.write_resource("file:///a.pdf", b"%PDF-1", "application/pdf")
        cover_added(snapshots, [kept.warc])
        keep_import(snapshots)
        keep_run(snapshots, 5, ends=False)
    return folder


def forged(number: int) -> bytes:
    """An answer as our writer composes it, of a later date, with other content."""
    exchange = answer("http://www.weibin.gov.cn/a", b"<p>999 %d</p>" % number, DAY.format(28))
    return compose_exchange(exchange, f"{number + 0xF0000:032x}", None)


def members(path: Path) -> list[bytes]:
    content = path.read_bytes()
    with path.open("rb") as stream:
        return [content[start:end] for start, end, _ in gzip_members(stream)]


def append(folder: Path, covered: list[str], number: int) -> None:
    with (folder / covered[number % len(covered)]).open("ab") as file:
        file.write(forged(number))


def insert(folder: Path, covered: list[str], number: int) -> None:
    path = folder / covered[number % len(covered)]
    parts = members(path)
    parts.insert(1 + number % len(parts), forged(number))
    path.write_bytes(b"".join(parts))


def replace_one(folder: Path, covered: list[str], number: int) -> None:
    """Replace what a record says, with the same id; its digests are right."""
    path = folder / covered[number % len(covered)]
    parts = members(path)
    place = 1 + number % (len(parts) - 1)
    plain = gzip.decompress(parts[place])
    parts[place] = gzip.compress(plain.replace(b"<p>", b"<b>").replace(b"new", b"old") + b" ")
    path.write_bytes(b"".join(parts))


def replace_in_place(folder: Path, covered: list[str], number: int) -> None:
    """Put an answer in the place of another, whose id it takes."""
    with Snapshots(folder) as snapshots:
        known = [each for each in snapshots.all() if each.warc in covered and each.status]
    if not known:
        return
    victim = known[number % len(known)]
    path = folder / victim.warc
    content = path.read_bytes()
    other = compose_exchange(
        answer(victim.url, b"<p>999 %d</p>" % number, victim.fetched_at), victim.id, None
    )
    behind = dict(places(path)).get(victim.offset)  # an earlier edit may have moved it
    if behind is not None:
        path.write_bytes(content[: victim.offset] + other + content[behind:])


def places(path: Path) -> list[tuple[int, int]]:
    with path.open("rb") as stream:
        return [(start, end) for start, end, _ in gzip_members(stream)]


def remove(folder: Path, covered: list[str], number: int) -> None:
    path = folder / covered[number % len(covered)]
    parts = members(path)
    del parts[number % len(parts)]
    path.write_bytes(b"".join(parts))


def reorder(folder: Path, covered: list[str], number: int) -> None:
    path = folder / covered[number % len(covered)]
    parts = members(path)
    shift = 1 + number % (len(parts) - 1)
    path.write_bytes(b"".join([*parts[shift:], *parts[:shift]]))


def rename(folder: Path, covered: list[str], number: int) -> None:
    path = folder / covered[number % len(covered)]
    path.rename(path.with_name(f"weibin-20260401T000000{number:03d}Z-7.warc.gz"))


def copy_elsewhere(folder: Path, covered: list[str], number: int) -> None:
    """Put a longer copy of a file beside it."""
    path = folder / covered[number % len(covered)]
    copied = path.with_name(f"weibin-20260402T000000{number:03d}Z-7.warc.gz")
    copied.write_bytes(path.read_bytes() + forged(number))


def plant(folder: Path, covered: list[str], number: int) -> None:
    """Put a file among ours that begins as ours do."""
    name = f"weibin-20260403T000000{number:03d}Z-7.warc.gz"
    about = {"isPartOf": "weibin", "run": f"{number + 0xE0000:032x}"}
    opening = compose_warcinfo(name, DAY.format(3), about)
    (folder / name).write_bytes(opening + forged(number))


EDITS: tuple[Edit, ...] = (
    append, insert, replace_one, replace_in_place, remove, reorder, rename, copy_elsewhere, plant,
)  # fmt: skip


def contents(folder: Path) -> dict[str, tuple[object, ...]]:
    """Return what is believed: each fetch with its document, without its place."""
    with Snapshots(folder) as snapshots:
        return {
            each.id: (each.url, each.fetched_at, each.digest, snapshots.body(each))
            for each in snapshots.all()
        }


def covered_files(folder: Path) -> list[str]:
    with ManifestChain(folder) as chain:
        names = {place.file for place in chain.index.places()}
    return sorted(name for name in names if (folder / name).exists())


def file_contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*.warc.gz")}


def is_indexed_again(folder: Path, how: str) -> None:
    if how == "reindex":
        with Snapshots(folder) as snapshots:
            snapshots.reindex()
        return
    (folder / "index.db").unlink()
    if how == "both removed":
        (folder / "manifests" / "index.db").unlink()


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
@given(
    numbers=st.lists(st.integers(0, 400), min_size=1, max_size=3, unique=True),
    how=st.sampled_from(["reindex", "removed", "both removed"]),
)
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_edit_is_named_and_none_is_believed(
    original: Path, tmp_path: Path, edit: Edit, numbers: list[int], how: str
) -> None:
    folder = tmp_path / "edited"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(original, folder)
    before, covered = contents(folder), covered_files(folder)
    for number in numbers:
        if (left := [name for name in covered if (folder / name).exists()]) and len(left) > 1:
            edit(folder, left, number)
    assume(file_contents(folder) != file_contents(original))  # one edit may undo another
    with Snapshots(folder) as snapshots:
        assert verify_folder(snapshots).wrong
    is_indexed_again(folder, how)
    after = contents(folder)
    assert after.items() <= before.items()
    with Snapshots(folder) as snapshots:
        cover_leftovers(snapshots)  # as every night does
        assert verify_folder(snapshots).wrong
        assert contents(folder).items() <= before.items()


def test_what_a_killed_run_left_is_believed_until_the_next_manifest(original: Path, tmp_path: Path):
    folder = shutil.copytree(original, tmp_path / "copied")
    before = contents(folder)
    with Snapshots(folder) as snapshots:
        assert verify_folder(snapshots).wrong == []
        snapshots.reindex()
    assert contents(folder) == before
    with Snapshots(folder) as snapshots:
        (manifest,) = cover_leftovers(snapshots)
        assert [file.state for file in manifest.files] == ["left_open"]
    (folder / "index.db").unlink()
    assert contents(folder) == before


def test_a_record_without_a_manifest_is_named_with_its_place(original: Path, tmp_path: Path):
    folder = shutil.copytree(original, tmp_path / "copied")
    name = covered_files(folder)[0]
    size = (folder / name).stat().st_size
    append(folder, [name], 0)
    with Snapshots(folder) as snapshots:
        wrong = [
            each for each in verify_folder(snapshots).wrong if each.key == "record_not_covered"
        ]
    named = [(each.params["file"], each.params["offset"], each.params["type"]) for each in wrong]
    assert named[0] == (name, size, "response")
    assert wrong[0].params["record"] == f"{0xF0000:032x}"


def test_a_file_that_somebody_put_there_is_read_once_it_is_accepted(original: Path, tmp_path: Path):
    folder = shutil.copytree(original, tmp_path / "copied")
    before = contents(folder)
    other = tmp_path / "other"
    with Snapshots(other) as snapshots:
        keep_run(snapshots, 7)
        (name,) = snapshots.files()
        theirs = {each.id for each in snapshots.all()}
    shutil.copy(other / name, folder)
    with Snapshots(folder) as snapshots:
        assert [each.key for each in snapshots.doubts()] == ["file_not_covered"]
        assert {each.id for each in snapshots.all()} == before.keys()
        with pytest.raises(FileNotStrange):
            accept_files(snapshots, ["no.warc.gz"])
        (manifest,) = accept_files(snapshots, [name])
        assert [file.state for file in manifest.files] == ["found"]
        snapshots.refresh()
        assert snapshots.doubts() == []
        assert {each.id for each in snapshots.all()} == before.keys() | theirs
        assert verify_folder(snapshots).wrong == []


def test_a_folder_older_than_all_manifests_is_believed_whole(tmp_path: Path) -> None:
    with Snapshots(tmp_path) as snapshots:
        for number in (1, 2):
            keep_run(snapshots, number, ends=False)
    (tmp_path / "index.db").unlink()
    shutil.rmtree(tmp_path / "manifests", ignore_errors=True)
    assert len(contents(tmp_path)) == 4
    with Snapshots(tmp_path) as snapshots:
        keep_run(snapshots, 3)  # its manifest is not the first one: what was there before has that
    with ManifestChain(tmp_path) as chain:
        assert [chain.read(number).kind for number in chain.numbers()] == ["genesis", "run"]
    (tmp_path / "index.db").unlink()
    assert len(contents(tmp_path)) == 6
