"""An archive whose originals were merged since it was built says where they are now."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from gongkai import clock
from gongkai.archive.store.database import reader
from gongkai.crawler.evidence.closing import cover_leftovers
from gongkai.crawler.evidence.manifest_chain import ManifestChain
from gongkai.crawler.manifests.run_manifest import digest_of
from gongkai.crawler.merging.merge_files import merge_months
from tests.archive.folder import Folder, report_page


def places(folder: Folder) -> dict[str, tuple[str, int]]:
    with reader(folder.db) as conn:
        return {
            key: (warc, offset)
            for key, warc, offset in conn.execute("SELECT id, warc, offset FROM snapshots")
        }


def test_places_follow_the_merge_and_nothing_else_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Folder(tmp_path) as folder:
        folder.fetch("2025-01-21T02:00:00Z", "/a.html", report_page())
        folder.fetch("2025-01-22T02:00:00Z", "/a.html", report_page(template="new"))
        folder.build()
        before = folder.dump()
        cover_leftovers(folder.snapshots)
        later = clock.now() + timedelta(days=40)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert merge_months(folder.snapshots).after == 1
        monkeypatch.undo()
        assert not folder.build().has_changes
        assert places(folder) == {
            each.id: (each.warc, each.offset) for each in folder.snapshots.all()
        }
        assert {warc.endswith("-merged.warc.gz") for warc, _ in places(folder).values()} == {True}
        after = folder.dump()
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"snapshots", "manifests", "covered"}


def test_the_archive_names_the_manifest_of_each_fetch(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        first = folder.fetch("2025-01-21T02:00:00Z", "/a.html", report_page())
        folder.build()
        assert folder.rows("SELECT * FROM covered") == []
        (genesis,) = cover_leftovers(folder.snapshots)
        second = folder.fetch("2025-01-22T02:00:00Z", "/a.html", report_page(template="new"))
        (leftover,) = cover_leftovers(folder.snapshots)
        folder.build()
        assert sorted(folder.rows("SELECT * FROM covered")) == sorted(
            [(first.id, genesis.number), (second.id, leftover.number)]
        )
        with ManifestChain(folder.snapshots.folder) as chain:
            digests = [digest_of(chain.content(number)) for number in (1, 2)]
        assert folder.rows("SELECT number, kind, digest, records FROM manifests") == [
            (1, "genesis", digests[0], 3),
            (2, "leftover", digests[1], 3),
        ]
        before = folder.dump()
        folder.rebuild()
        assert folder.dump() == before
