"""How each hostile file ends: `python -m tests.hostile.measure [NAME…]` prints a line for each.

The file is read as the archive's workers read it, in a process of its own whose time and memory,
those of its children included, are counted to the end.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass, replace
from functools import partial
from unittest.mock import patch

from gongkai.archive.workers import document_reader, libreoffice
from gongkai.archive.workers.preload import process_pool as process_pool
from gongkai.catalogue import stored_text
from gongkai.extract.model.report import Source
from tests.archive.reading import read_sandboxed
from tests.hostile.packages import PACKAGES
from tests.hostile.pages import PAGES, TEXTS
from tests.hostile.pdfs import PDFS

FILES = {**PAGES, **TEXTS, **PACKAGES, **PDFS}

CONVERTER = replace(libreoffice.LIMITS, cpu=3)
"""Less processor time than the archive gives LibreOffice: some files take all that it may have."""


@dataclass(frozen=True)
class Ended:
    """What was said of a file, the processor time that it took, and the most memory any process held."""

    name: str
    outcome: str
    why: str
    seconds: float
    mib: int


def ended(name: str) -> Ended:
    """Read one file to its end."""
    body = FILES[name]()
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        found = read_sandboxed(body, Source(filename=name))
        with os.fdopen(theirs, "w", encoding="utf-8") as pipe:
            json.dump([found.outcome, stored_text("en", found.why)], pipe)
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, encoding="utf-8") as pipe:
        said = pipe.read()
    _, _, used = os.wait4(child, 0)
    outcome, why = json.loads(said) if said else ("", "the reader itself died")
    return Ended(
        name, outcome, why, round(used.ru_utime + used.ru_stime, 2), used.ru_maxrss // 1024
    )


if __name__ == "__main__":
    convert = partial(libreoffice.convert_to_docx, limits=CONVERTER)
    libreoffice.can_convert()  # tried once, and known in every child
    with patch.object(document_reader, "convert_to_docx", convert):
        for wanted in sys.argv[1:] or FILES:
            print(json.dumps(asdict(ended(wanted)), ensure_ascii=False), flush=True)
