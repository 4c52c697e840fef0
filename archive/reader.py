"""One document from bytes to a Reading, with all that may go wrong on the way kept in a box."""

from __future__ import annotations

from dataclasses import replace

from archive.box import Died, run
from archive.convert import CONVERTED, NotConverted, convert
from archive.readings import decode, encode
from extract.report import read
from extract.schema import Reading, Source
from extract.sniff import sniff


def read_in_box(body: bytes, source: Source) -> Reading:
    """Read one document in a child with limits; old Word files are converted first.

    The outcome says what happened. Call this from a process with a single thread.
    """
    media_type = sniff(body, source.media_type)
    if media_type not in CONVERTED:
        return _boxed(body, source, media_type)
    try:
        converted = convert(body, media_type)
    except NotConverted as problem:
        return Reading("unreadable", media_type, "", why=str(problem))
    return replace(_boxed(converted, source, media_type), media_type=media_type)


def _boxed(body: bytes, source: Source, media_type: str) -> Reading:
    try:
        return decode(run(lambda: encode(read(body, source))))
    except Died as problem:
        return Reading("unreadable", media_type, "", why=str(problem))
