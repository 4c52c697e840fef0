"""Which manifest covers a snapshot, with what digests, and which timestamps stand for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gongkai.crawler.evidence.manifest_chain import ManifestChain
from gongkai.crawler.evidence.stamp_files import StampFile, stamps_in
from gongkai.crawler.manifests.manifest_files import FOLDER_SIZE
from gongkai.crawler.manifests.run_manifest import ManifestDamaged, RecordDigest, digest_of
from gongkai.crawler.warc.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Coverage:
    """The manifest that covers a record.

    `record` is its line in the manifest, None where the manifest has the digest of the whole file
    alone. `stamps` are the timestamps of the first manifest from `number` on that has any:
    `stamped` is its number, 0 without one. A later manifest stands for all before it, because it
    holds the digest of the one before.
    """

    number: int
    digest: str
    kind: str
    run: str
    created: str
    path: Path
    file: str  # the WARC file as the manifest names it
    file_sha256: str
    offset: int  # of the record in that file
    record: RecordDigest | None
    stamped: int
    stamps: tuple[StampFile, ...]


def find_coverage(chain: ManifestChain, snapshot: Snapshot) -> Coverage | None:
    """Return the manifest that covers a snapshot, None where none does.

    Raises:
        ManifestDamaged: The manifest that should cover it cannot be read, or is not the one that was
            written.
    """
    place = chain.index.place_at(snapshot.warc, snapshot.offset)
    row = chain.index.get(place.manifest) if place else None
    if place is None or row is None:
        return None
    if digest_of(chain.content(row.number)) != row.digest:
        raise ManifestDamaged("manifest_changed", number=row.number, run=row.run or "-")
    is_moved = snapshot.warc != place.name
    offset = snapshot.offset - place.offset if is_moved else snapshot.offset
    file = next((each for each in chain.read(row.number).files if each.name == place.name), None)
    if file is None:
        raise ManifestDamaged("manifest_lacks_file", number=row.number, file=place.name)
    record = next((each for each in file.records if each.offset == offset), None)
    stamped, stamps = first_stamps(chain, row.number)
    if stamped > row.number and chain.read(row.number + 1).previous != row.digest:
        stamped, stamps = 0, ()  # the chain is broken behind it: no later timestamp stands for it
    return Coverage(
        number=row.number,
        digest=row.digest,
        kind=row.kind,
        run=row.run or file.run,
        created=row.created,
        path=chain.path(row.number),
        file=place.name,
        file_sha256=file.sha256,
        offset=offset,
        record=record,
        stamped=stamped,
        stamps=stamps,
    )


def first_stamps(chain: ManifestChain, number: int) -> tuple[int, tuple[StampFile, ...]]:
    """Return the first manifest from a number on that has timestamps, and them; (0, ()) without."""
    last = chain.index.last()
    folders = (
        {chain.path(each).parent for each in range(number, last.number + 1, FOLDER_SIZE)}
        if last
        else set()
    )
    if last:
        folders.add(chain.path(last.number).parent)
    for folder in sorted(folders):
        for stamped, stamps in stamps_in(folder).items():
            if stamped >= number:
                return stamped, stamps
    return 0, ()


def manifests_of_run(chain: ManifestChain, run: str) -> list[int]:
    """Return the numbers of the manifests of a run, in order; empty where it has none yet."""
    return [row.number for row in chain.index.of_run(run)]
