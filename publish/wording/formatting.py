"""Times, numbers and URLs as pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from gongkai.catalogue import Language, text
from gongkai.clock import CHINA, china_day, parse_stamp

FORMAT_NAMES = {
    "application/pdf": "PDF",
    "text/html": "HTML",
    "text/plain": "TXT",
    "application/msword": "DOC",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.ms-excel": "XLS",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.ofd": "OFD",
    "application/rtf": "RTF",
    "application/zip": "ZIP",
}
"""Short names of file formats by their media types."""

UNSPECIFIC_TYPES = ("", "application/octet-stream")
"""What servers say of formats that they do not know."""

CIRCLED = 20
"""How many circled numbers Unicode has in a row, from ① on."""


def local_time(lang: Language, stamp: str | None) -> str:
    """Return a UTC ISO time to the minute by the clock of China, as the days beside it are.

    Text that is not a time is returned as it is, None as "".
    """
    at = _parse_time(stamp)
    return text(lang, "clock_time", time=f"{at:%Y-%m-%d %H:%M}") if at else stamp or ""


def local_day(lang: Language, stamp: str | None) -> str:
    """Return the day in China of a UTC ISO time, in either language; "" for None.

    A day is one that people compare with days of publishing and deadlines, which are days in China.
    """
    del lang
    return china_day(stamp or "")


def _parse_time(stamp: str | None) -> datetime | None:
    try:
        at = parse_stamp(stamp or "")
    except ValueError:
        return None
    return at.astimezone(CHINA)


def number(value: int | float | None) -> str:
    """Return a number with thousands separators, "" for None."""
    return "" if value is None else f"{value:,}"


def number_or_dash(value: int | float | None) -> str:
    """Return a number with thousands separators, a dash for None: blank is not zero."""
    return "—" if value is None else number(value)


def percent(share: float) -> str:
    """Return a share as a percentage with one decimal."""
    return f"{share:.1%}"


def byte_size(count: int | None) -> str:
    """Return a number of bytes in B, kB or MB, "" for None."""
    if count is None:
        return ""
    for unit, factor in (("MB", 1_000_000), ("kB", 1_000)):
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    return f"{count} B"


def circled_number(n: int) -> str:
    """Return ① for 1 and so on, and (21) above twenty."""
    return chr(0x2460 + n - 1) if 1 <= n <= CIRCLED else f"({n})"


def format_name(media_type: str, url: str = "") -> str:
    """Return the short name of a file format, or its media type where it has none.

    Servers that do not know a format say that it is a row of bytes: then the end of the address tells,
    "" where that says nothing either.
    """
    if media_type not in UNSPECIFIC_TYPES:
        return FORMAT_NAMES.get(media_type, media_type)
    suffix = url.partition("?")[0].partition("#")[0].rpartition(".")[2].upper()
    return suffix if suffix in FORMAT_NAMES.values() else media_type


def web_url(url: object) -> str:
    """Return a URL if it begins with http: or https:, "" for all others such as javascript:."""
    stripped = str(url or "").strip()
    return stripped if stripped.lower().startswith(("http://", "https://")) else ""


def url_with_query(path: str, query: Mapping[str, object]) -> str:
    """Return a path with a query string, without parameters that are "" or None.

    A tuple gives its name once for each of its values.
    """
    pairs = [
        (name, str(value))
        for name, given in query.items()
        for value in (given if isinstance(given, tuple) else (given,))
        if value not in ("", None)
    ]
    return f"{path}?{urlencode(pairs)}" if pairs else path
