"""Timestamps from a local authority: asked for, kept, checked offline, and refused where they are wrong."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gongkai.catalogue import text
from gongkai.crawler.evidence import stamp_check
from gongkai.crawler.evidence.coverage import find_coverage
from gongkai.crawler.evidence.folder_check import verify_folder
from gongkai.crawler.evidence.manifest_chain import ManifestChain
from gongkai.crawler.evidence.stamp_answer import StampDamaged, read_answer, sort_certificates
from gongkai.crawler.evidence.stamp_check import check_facts, check_stamp
from gongkai.crawler.evidence.stamp_request import (
    AuthorityInvalid,
    StampFailed,
    authority_name,
    request_stamp,
)
from gongkai.crawler.evidence.stamp_roots import RootsUnusable, read_roots
from gongkai.crawler.evidence.stamping import stamp_chain
from gongkai.crawler.manifests.run_manifest import ManifestDamaged
from gongkai.crawler.warc.store import Snapshots
from tests.crawler.evidence.authority import Authority, make_authority, served


@pytest.fixture(scope="module", params=["rsa", "ec"])
def authority(request, tmp_path_factory) -> Iterator[Authority]:
    """An authority that puts its root behind its leaf, in an order that DER does not have."""
    with served(make_authority(tmp_path_factory.mktemp("tsa") / "a", request.param)) as running:
        yield running


@pytest.fixture(autouse=True)
def well_behaved(authority):
    authority.behaviour = ""


@pytest.fixture
def folder(tmp_path, keep_run):
    with Snapshots(tmp_path) as snapshots:
        for number in (1, 2):
            keep_run(snapshots, number, b"<p>%d</p>" % number)
    return tmp_path


def verify(folder, *roots):
    with Snapshots(folder) as snapshots:
        return verify_folder(snapshots, roots=read_roots(roots))


def test_the_last_manifest_is_stamped_once_and_proves_all_before_it(folder, authority):
    done = stamp_chain(folder, [authority.url])
    assert (done.number, done.stamped, done.failed) == (2, [authority.name], [])
    again = stamp_chain(folder, [authority.url])
    assert (again.stamped, again.present) == ([], [authority.name])
    assert set(authority.asked) == {"application/timestamp-query"}

    result = verify(folder, authority.root)
    assert (result.wrong, result.stamps.proved, result.stamps.last) == ([], 1, 2)
    assert result.stamps.time.startswith(str(datetime.now(UTC).year))
    with Snapshots(folder) as snapshots, ManifestChain(folder) as chain:
        first = find_coverage(chain, next(snapshots.all()))
        assert (first.number, first.stamped) == (1, 2)
        assert [stamp.authority for stamp in first.stamps] == [authority.name]


def test_a_timestamp_proves_nothing_before_a_break_of_the_chain(folder, authority):
    stamp_chain(folder, [authority.url])
    whole = verify(folder, authority.root).stamps
    assert (whole.first, whole.last) == (1, 2)
    with Snapshots(folder) as snapshots, ManifestChain(folder) as chain:
        kept, path = next(snapshots.all()), chain.path(1)
    path.write_bytes(path.read_bytes().replace(b'"outcome": "ok"', b'"outcome": "OK"'))
    broken = verify(folder, authority.root)
    assert (broken.stamps.proved, broken.stamps.first, broken.stamps.last) == (1, 2, 2)
    with ManifestChain(folder) as chain, pytest.raises(ManifestDamaged, match="manifest_changed"):
        find_coverage(chain, kept)
    (
        folder / "manifests" / "index.db"
    ).unlink()  # the changed manifest is taken for what was written
    broken = verify(folder, authority.root)
    assert (broken.stamps.first, broken.stamps.last) == (2, 2)
    with ManifestChain(folder) as chain:
        found = find_coverage(chain, kept)
    assert (found.number, found.stamped, found.stamps) == (1, 0, ())


def test_a_timestamp_on_a_lost_manifest_is_not_counted(folder, authority):
    stamp_chain(folder, [authority.url])
    with ManifestChain(folder) as chain:
        chain.path(2).unlink()
    found = verify(folder, authority.root)
    assert (found.stamps.proved, found.stamps.first, found.stamps.last) == (0, 0, 0)
    assert [each.key for each in found.wrong] == ["manifest_lost", "chain_broken_from"]


def test_openssl_accepts_what_is_kept(folder, authority):
    stamp_chain(folder, [authority.url])
    with ManifestChain(folder) as chain:
        path = chain.path(2)
    (answer,) = path.parent.glob("*.tsr")
    subprocess.run(
        ["openssl", "ts", "-verify", "-data", path, "-in", answer, "-CAfile", authority.root],
        check=True,
        capture_output=True,
    )


def test_a_stamp_without_a_pinned_certificate_is_counted_as_such(folder, authority, tmp_path):
    stamp_chain(folder, [authority.url])
    assert (verify(folder).stamps.unpinned, verify(folder).wrong) == (1, [])
    other = make_authority(tmp_path / "other")
    (found,) = verify(folder, other.root).wrong
    assert (found.key, found.params["number"]) == ("stamp_wrong", 2)


def test_a_manifest_that_was_made_again_does_not_fit_its_stamp(folder, authority):
    stamp_chain(folder, [authority.url])
    with ManifestChain(folder) as chain:
        path = chain.path(2)
    path.write_bytes(path.read_bytes().replace(b'"outcome": "ok"', b'"outcome": "OK"'))
    (folder / "manifests" / "index.db").unlink()  # nothing but the stamp tells
    (found,) = verify(folder, authority.root).wrong
    assert (found.key, found.params["why"].key) == ("stamp_wrong", "stamp_of_other_bytes")


@pytest.mark.parametrize("behaviour", ["redirect", "error", "huge", "slow", "garbage", "replay"])
def test_an_authority_that_misbehaves_is_named_and_asked_again(folder, authority, behaviour):
    request_stamp(authority.url, b"before")
    authority.behaviour = behaviour
    done = stamp_chain(folder, [authority.url, "http://127.0.0.1:9/"], seconds=1)
    assert [each.params["authority"] for each in done.failed] == [authority.name, "127.0.0.1-9"]
    assert list(folder.rglob("*.tsr*")) == []
    authority.behaviour = ""
    assert stamp_chain(folder, [authority.url]).stamped == [authority.name]


def test_two_authorities_stand_beside_each_other(folder, authority, tmp_path):
    with served(make_authority(tmp_path / "second")) as second:
        done = stamp_chain(folder, [authority.url, second.url])
    assert done.stamped == [authority.name, second.name]
    assert verify(folder, authority.root, second.root).stamps.proved == 2


def test_a_folder_without_manifests_has_nothing_to_stamp(tmp_path, authority):
    assert stamp_chain(tmp_path, [authority.url]).number == 0


def test_periods_decide_which_certificate_counts(folder, authority, tmp_path):
    stamp_chain(folder, [authority.url])
    table = tmp_path / "roots.toml"

    def verdict(name: str, days: str) -> tuple[int, int]:
        table.write_text(f'[[authority]]\nname = "{name}"\nroot = "{authority.root}"\n{days}')
        result = verify(folder, table)
        return result.stamps.proved, result.stamps.unpinned

    assert verdict("127.0.0.1", "") == (1, 0)
    assert verdict("freetsa.org", "") == (0, 1)
    assert verdict("127.0.0.1", "until = 2020-02-28") == (0, 1)
    assert verdict("127.0.0.1", f"since = {date.today().isoformat()}") == (1, 0)  # noqa: DTZ011


@pytest.mark.parametrize(
    "content",
    ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"],
)
def test_certificates_that_are_none_are_refused(tmp_path, content):
    (tmp_path / "root.pem").write_text(content)
    with pytest.raises(RootsUnusable):
        read_roots([tmp_path / "root.pem"])


@pytest.mark.parametrize(
    "content",
    [
        "authority = 1",
        '[[authority]]\nname = "x"',
        '[[authority]]\nname = "x"\nroot = "missing.pem"',
        '[[authority]]\nname = "x"\nroot = "root.pem"\nform = 2026-01-01',
        "[[authority",
    ],
)
def test_a_table_of_authorities_that_cannot_be_used_is_refused(tmp_path, content):
    (tmp_path / "roots.toml").write_text(content)
    with pytest.raises(RootsUnusable):
        read_roots([tmp_path / "roots.toml"])


@pytest.mark.parametrize(
    "url", ["", "freetsa.org", "ftp://x/", "http://", "http://[x/", "file:///x"]
)
def test_an_address_that_is_none_of_an_authority_is_refused(url):
    with pytest.raises(AuthorityInvalid):
        authority_name(url)


def test_an_answer_is_damaged_in_many_ways_and_never_more_than_refused(authority):
    answer = request_stamp(authority.url, b"content")
    assert sorted(sort_certificates(answer)) == sorted(answer)
    for end in range(0, len(answer), 7):
        with pytest.raises(StampDamaged):
            read_answer(answer[:end])
    for place in range(0, len(answer), 11):
        damaged = bytearray(answer)
        damaged[place] ^= 0xFF
        path = authority.folder / "damaged.tsr"
        path.write_bytes(damaged)
        verdict = check_stamp(path, "x", b"content", read_roots([authority.root]))
        assert verdict.state in ("wrong", "proved")
    with pytest.raises(StampDamaged):
        read_answer(b"0" * (1 << 19))


def test_an_answer_to_another_question_is_refused(authority):
    request_stamp(authority.url, b"one")
    authority.behaviour = "replay"
    with pytest.raises(StampFailed):
        request_stamp(authority.url, b"one")


def test_the_path_is_part_of_the_name():
    assert (
        authority_name("https://user:secret@tsa.example.org:8443/tsr") == "tsa.example.org-8443-tsr"
    )
    assert Path(authority_name("http://x/../../etc/passwd")).name == "x-..-..-etc-passwd"


@pytest.mark.parametrize("years", [-20, 20])
def test_a_certificate_outside_its_period_is_named(folder, authority, tmp_path, years):
    stamp_chain(folder, [authority.url])
    (path,) = folder.rglob("*.tsr")
    facts = read_answer(path.read_bytes())
    then = replace(facts, time=facts.time.replace(year=facts.time.year + years, day=1))
    roots = read_roots([authority.root])
    with ManifestChain(folder) as chain:
        content = chain.content(2)
    assert check_facts(facts, "", content, roots).state == "proved"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stamp_check, "_proof_failure", lambda *_: "OpenSSL says no")
        verdict = check_facts(then, "", content, roots)
    assert (verdict.state, verdict.why.key) == ("wrong", "stamp_outside_period")
    assert str(then.time.year) in text("en", verdict.why)


@pytest.mark.parametrize("answer", [b"", b"<html>", b"\x30\x03\x02\x01\x00", bytes(300)])
def test_bytes_that_are_no_answer_are_named_in_words(answer):
    with pytest.raises(StampDamaged) as problem:
        read_answer(answer)
    said = text("en", problem.value.message)
    assert "not an answer of a timestamping authority" in said or "refused" in said
    assert "ASN" not in said
