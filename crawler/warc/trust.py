"""Which files of a folder are our own.

Facts about a portal, its runs and its documents are taken from our own files alone. A file that another
program wrote may claim anything: it is named and not read. `gongkai import` takes in what web archives
kept, below `imports/`, where nothing counts as fetched by us.
"""

from __future__ import annotations

from pathlib import Path

from gongkai.crawler.warc.compose import derive_record_id
from gongkai.crawler.warc.file import OPEN_SUFFIX, WARC_SUFFIX, file_names, site_of_file
from gongkai.crawler.warc.parse import DamagedRecord, gzip_members, parse_record
from gongkai.crawler.warc.snapshot import read_warcinfo
from gongkai.crawler.warc.tables.entries import IMPORTS_FOLDER
from gongkai.regular_file import open_regular

IMPORTS = IMPORTS_FOLDER
"""The folder, within that of the snapshots, of what other crawlers fetched."""

MAX_WARCINFO_BYTES = 1 << 20
"""Size of the largest record that may open a file of ours; it has a thousandth of this."""

OTHER_SUFFIXES = (
    ".warc",
    ".warc.zst",
    ".arc",
    ".arc.gz",
    ".wacz",
    ".har",
    ".mhtml",
    ".mht",
)
"""Files of web archives that a crawl of ours never writes."""


def is_imported(warc: str) -> bool:
    """Return whether a file, as the index names it, has what other crawlers fetched."""
    return warc.startswith(f"{IMPORTS}/")


def is_own_file(path: Path) -> bool:
    """Return whether a file begins as our writer begins one.

    Its first record names the file, has the id that follows from this name, and belongs to the site
    in the name. A copy under another name is still ours. A file without a readable first record is
    ours by its name: damage is no reason to distrust what can be read behind it.

    Raises:
        OSError: The file cannot be read.
    """
    with open_regular(path) as file:
        first = next(gzip_members(file, MAX_WARCINFO_BYTES), None)
    if first is None:
        return bool(site_of_file(path.name))
    try:
        record = parse_record(first[2])
    except DamagedRecord:
        return bool(site_of_file(path.name))
    name = record.field("WARC-Filename")
    if record.kind != "warcinfo" or record.id != derive_record_id(name):
        return False
    return read_warcinfo(record).get("isPartOf", "") == site_of_file(name)


def stated_run(path: Path) -> str:
    """Return the run that a file of ours says it belongs to, "" where it states none.

    Raises:
        OSError: The file cannot be read.
    """
    with open_regular(path) as file:
        first = next(gzip_members(file, MAX_WARCINFO_BYTES), None)
    try:
        return read_warcinfo(parse_record(first[2])).get("run", "") if first else ""
    except DamagedRecord:
        return ""


def other_files(folder: Path) -> list[str]:
    """Return the names of the files of web archives in a folder that no crawl of ours wrote, sorted.

    Raises:
        OSError: The folder or a file cannot be read.
    """
    return [name for name in file_names(folder, "") if _is_other(folder, name)]


def _is_other(folder: Path, name: str) -> bool:
    if name.endswith(WARC_SUFFIX):
        return not is_own_file(folder / name)
    return name.lower().removesuffix(OPEN_SUFFIX).endswith(OTHER_SUFFIXES)
