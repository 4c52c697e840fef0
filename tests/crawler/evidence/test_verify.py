"""Originals and manifests that somebody changed: what is found, and by which name."""

from __future__ import annotations

import json
import shutil

import pytest

from gongkai.catalogue import text
from gongkai.crawler.evidence.chain_check import RunUnknown
from gongkai.crawler.evidence.folder_check import verify_folder
from gongkai.crawler.evidence.manifest_chain import ManifestChain
from gongkai.crawler.warc.parse import gzip_members
from gongkai.crawler.warc.store import Snapshots


@pytest.fixture
def folder(tmp_path, keep_run):
    """Four runs of one portal with two pages each."""
    with Snapshots(tmp_path) as snapshots:
        for number in (1, 2, 3, 4):
            keep_run(snapshots, number, b"<p>%d</p>" % number, b"<p>second %d</p>" % number)
    return tmp_path


def verify(folder, since=""):
    with Snapshots(folder) as snapshots:
        return verify_folder(snapshots, since)


def keys(result):
    return [each.key for each in result.wrong]


def warc(folder, number):
    """Return the path of the file of a run, and what its manifest says of it."""
    with ManifestChain(folder) as chain:
        (file,) = chain.read(number).files
    return folder / file.name, file


def manifest(folder, number):
    with ManifestChain(folder) as chain:
        return chain.path(number)


def test_a_whole_folder_is_whole(folder):
    result = verify(folder)
    assert (result.wrong, result.manifests, result.covered, result.uncovered) == ([], 4, 24, [])


def test_one_flipped_byte_is_found_and_named(folder):
    path, file = warc(folder, 2)
    record = file.records[1]
    content = bytearray(path.read_bytes())
    content[record.offset + record.bytes // 2] ^= 1
    path.write_bytes(content)
    found = next(each for each in verify(folder).wrong if each.key == "manifest_record_changed")
    assert found.params == {
        "file": path.name,
        "run": f"{2:032x}",
        "type": "response",
        "record": record.id,
        "url": "http://www.weibin.gov.cn/0",
        "offset": record.offset,
    }
    assert record.id in text("en", found)
    assert "已被更改" in text("zh", found)


@pytest.mark.parametrize("place", [1, 3, 5])
def test_a_removed_record_is_found_and_named(folder, place):
    path, file = warc(folder, 3)
    record = file.records[place]
    with path.open("rb") as stream:
        members = [(start, end) for start, end, _ in gzip_members(stream)]
    content = path.read_bytes()
    start, end = members[place]
    path.write_bytes(content[:start] + content[end:])
    found = [each for each in verify(folder).wrong if each.key.startswith("manifest_record")]
    assert [(each.key, each.params["record"]) for each in found] == [
        ("manifest_record_removed", record.id)
    ]


def test_records_in_another_order_and_records_put_in_are_found(folder):
    path, file = warc(folder, 1)
    content = path.read_bytes()
    parts = [content[each.offset : each.offset + each.bytes] for each in file.records]
    path.write_bytes(b"".join([parts[0], *reversed(parts[1:])]))
    assert "manifest_records_reordered" in keys(verify(folder))
    other, _ = warc(folder, 2)
    path.write_bytes(content + other.read_bytes())
    assert "manifest_file_longer" in keys(verify(folder))
    path.write_bytes(b"".join([parts[0], other.read_bytes(), *parts[1:]]))
    assert "record_not_covered" in keys(verify(folder))


def test_a_removed_file_is_named_once_with_its_run(folder):
    path, _ = warc(folder, 2)
    path.unlink()
    found = verify(folder).wrong
    assert [(each.key, each.params["run"]) for each in found] == [
        ("manifest_file_missing", f"{2:032x}")
    ]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, ["manifest_lost", "chain_broken_from"]),
        (3, ["manifest_lost", "chain_broken_from"]),
        (4, ["manifest_lost", "chain_broken_from"]),
    ],
)
def test_a_removed_manifest_is_found(folder, number, expected):
    manifest(folder, number).unlink()
    result = verify(folder)
    assert keys(result) == expected
    assert result.wrong[-1].params["number"] == number


def test_two_manifests_that_changed_places_are_found(folder):
    second, third = manifest(folder, 2), manifest(folder, 3)
    contents = second.read_bytes(), third.read_bytes()
    second.write_bytes(contents[1])
    third.write_bytes(contents[0])
    result = verify(folder)
    assert keys(result).count("manifest_moved") == 2
    assert result.wrong[keys(result).index("chain_broken_from")].params["run"] == f"{2:032x}"


def test_a_manifest_that_was_written_anew_without_a_record_is_found(folder):
    path = manifest(folder, 2)
    stored = json.loads(path.read_bytes())
    del stored["files"][0]["records"][1]
    path.write_bytes(json.dumps(stored).encode())
    assert "manifest_changed" in keys(verify(folder))
    (folder / "manifests" / "index.db").unlink()
    result = verify(folder)
    found = result.wrong[keys(result).index("manifest_not_following")]
    assert found.params == {"number": 3, "run": f"{3:032x}"}


def test_what_stands_before_a_run_is_left_out(folder):
    path, _ = warc(folder, 1)
    path.write_bytes(path.read_bytes()[:-9])
    assert verify(folder, f"{3:032x}").wrong == []
    assert verify(folder, f"{3:032x}").read.files == 2
    assert verify(folder).wrong != []
    with pytest.raises(RunUnknown):
        verify(folder, "9" * 32)


def test_files_without_a_manifest_are_counted_and_are_no_fault(folder, exchange):
    with Snapshots(folder) as snapshots:
        writer = snapshots.writer("weibin", "e" * 32)
        writer.write_exchange(exchange())
        writer.close()
        result = verify_folder(snapshots)
    assert (result.wrong, result.uncovered) == ([], writer.files)


def test_a_folder_without_manifests_is_verified(tmp_path):
    with Snapshots(tmp_path) as snapshots:
        snapshots.write_resource("file:///a.pdf", b"%PDF-1", "application/pdf", facts={"year": "1"})
        shutil.rmtree(tmp_path / "manifests", ignore_errors=True)
        assert verify_folder(snapshots).manifests == 0
