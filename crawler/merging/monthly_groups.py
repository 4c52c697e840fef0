"""Which files may be joined: those of one portal and one month that is over, whose runs have ended."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from gongkai import clock
from gongkai.crawler.evidence.manifest_chain import ManifestChain
from gongkai.crawler.manifests.manifest_index import FilePlace
from gongkai.crawler.warc.file import WARC_SUFFIX, file_names
from gongkai.crawler.warc.store import Snapshots
from gongkai.crawler.warc.writer import MAX_FILE_BYTES

FILE_NAME = re.compile(r"(?P<site>[\w.-]{1,100})-(?P<month>\d{6})\d{2}T\d++Z-\d++\.warc\.gz")
"""A file of ours that was not merged: site, time and process."""

MERGED_ENDING = f"-merged{WARC_SUFFIX}"


def mergeable_groups(
    snapshots: Snapshots, chain: ManifestChain, site: str = "", max_bytes: int = MAX_FILE_BYTES
) -> Iterator[list[FilePlace]]:
    """Yield the files to be joined, at least two at a time and in order of their names.

    Every file has a manifest with its records, so that nothing is joined that is damaged or foreign.
    """
    this_month = clock.now().strftime("%Y%m")
    ended = {run.id for run in snapshots.index.runs.all()} | {""}
    runs = snapshots.index.files.runs()
    months: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in file_names(snapshots.folder, WARC_SUFFIX):
        parts = FILE_NAME.fullmatch(name)
        if parts and parts["month"] < this_month and runs.get(name) in ended:
            months[parts["site"], parts["month"]].append(name)
    for (of_site, _), names in sorted(months.items()):
        if not site or of_site == site:
            yield from _groups(chain, names, max_bytes)


def merged_name(first: str) -> str:
    """Return the name of the file that begins with another one: it sorts where that one did.

    >>> merged_name("pingluo-20260301T020000123Z-77.warc.gz")
    'pingluo-20260301T020000123Z-merged.warc.gz'
    """
    return first.removesuffix(WARC_SUFFIX).rpartition("-")[0] + MERGED_ENDING


def _groups(
    chain: ManifestChain, names: Sequence[str], max_bytes: int
) -> Iterator[list[FilePlace]]:
    group: list[FilePlace] = []
    size = 0
    for name in names:
        place = chain.index.place(name)
        if place is None or not place.records or place.file != name:
            continue
        if group and size + place.bytes > max_bytes:
            if len(group) > 1:
                yield group
            group, size = [], 0
        group.append(place)
        size += place.bytes
    if len(group) > 1:
        yield group
