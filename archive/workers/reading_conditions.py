"""What the reading of documents lacked: time, helpers, or protections. It loads none of the readers."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

from gongkai.archive.workers.libreoffice import is_unisolated
from gongkai.messages import Message, message
from gongkai.walls import missing_walls

_OUT_OF_TIME = ("sandbox_timeout", "libreoffice_timeout")


def is_out_of_time(why: str) -> bool:
    """Return whether a stored reason says that the clock ended a reading, by whatever step.

    That is no verdict on the document: processor time is, and the machine was busy with others.
    """
    return any(f'"{key}"' in why or why.startswith(key) for key in _OUT_OF_TIME)


NOT_SEEN_BY_OCR = "r.outcome IN ('scan', 'image_tables') AND r.why NOT LIKE 'ocr_failed %'"
"""SQL: the reading r is of pictures that OCR has not read."""


NOT_CONVERTED = (
    "r.outcome = 'unreadable'"
    " AND (r.why LIKE 'libreoffice_missing%' OR r.why LIKE 'libreoffice_unisolated%')"
)
"""SQL: the reading r is of an old Word file for which there was no converter."""


_WALLS = {"network": "wall_network", "files": "wall_files", "calls": "wall_calls"}


def protections_missing() -> tuple[Message, ...]:
    """Return the protections without which documents are read on this machine."""
    office = (message("wall_libreoffice"),) if is_unisolated() else ()
    return (*(message(_WALLS[name]) for name in missing_walls()), *office)


@cache
def is_ocr_installed() -> bool:
    """Whether the extra is installed."""
    return all(find_spec(name) for name in ("rapidocr_onnxruntime", "pypdfium2", "cv2", "PIL"))
