"""The made-up country of the benchmarks: written in bulk, it is what the project's own loader writes."""

from __future__ import annotations

from pathlib import Path

from tests.archive.folder import dump
from tests.benchmarks.made_country import make, make_by_building


def test_a_country_in_bulk_is_what_the_loader_writes(tmp_path: Path) -> None:
    one, other = tmp_path / "bulk", tmp_path / "loaded"
    for folder in (one, other):
        folder.mkdir()
    in_bulk, loaded = dump(make(one, 240)), dump(make_by_building(other, 240))
    different = [name for name in loaded if in_bulk.get(name) != loaded[name]]
    assert different == []
    assert len(loaded["reports"]) == 240
    assert loaded["checks"]
