"""A fuzz of the PDF readers: `python -m tests.hostile.fuzz_pdfs [COPIES] [SEED]`.

Copies of frozen PDF files are damaged: bits flipped, bytes deleted, doubled or cleared, the tail cut
off. Each is read as in a build, in a child with limits, and compared with the reading of the sound
file. A copy may be read the same, refused with a reason, or lack cells with a finding; a number that
is another one, or a cell that is gone, without a word of it is a fault of ours.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from gongkai.archive.store.reading_cache import decode, encode
from gongkai.archive.workers.sandbox import SandboxError, run_sandboxed
from gongkai.extract.model.report import Number, Reading
from gongkai.extract.report import read
from tests.paths import REPORTS

FILES = (
    "pdf-chromium-mark", "pdf-chromium-zebra", "pdf-lo-plain", "pdf-lo-restricted", "pdf-lo-2019",
    "pdf-hand-turned", "pdf-hand-gbk", "pdf-hand-joined",
)  # fmt: skip
"""Files of several producers: outlines and fonts of all kinds, encryption, streams of objects."""

Outcome = Literal["same", "refused", "flagged", "silent"]
OUTCOMES: tuple[Outcome, ...] = ("same", "refused", "flagged", "silent")
"""`flagged`: some cells are absent or other ones, and the status or a finding says so."""

DAMAGES = ("flip", "flip", "byte", "delete", "clear", "tail", "double")
_Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class DamagedCopy:
    """What became of one copy. `changed` has the cells with another number, or that lost it."""

    file: str
    number: int
    outcome: Outcome
    changed: tuple[_Place, ...] = ()


def sound_body(file: str) -> bytes:
    """Return the bytes of a frozen file."""
    return (REPORTS / file / "source.pdf").read_bytes()


def damage(body: bytes, rng: random.Random) -> bytes:
    """Return a copy with one to three damages."""
    copy = bytearray(body)
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(len(copy))
        kind = rng.choice(DAMAGES)
        if kind == "flip":
            copy[place] ^= 1 << rng.randrange(8)
        elif kind == "byte":
            copy[place] = rng.randrange(256)
        elif kind == "delete":
            del copy[place : place + rng.choice((1, 3, 40, 400))]
        elif kind == "clear":
            length = min(rng.choice((4, 64, 512)), len(copy) - place)
            copy[place : place + length] = bytes(length)
        elif kind == "tail":
            del copy[len(copy) - rng.randrange(1, max(2, len(copy) // 4)) :]
        else:
            copy[place:place] = copy[place : place + rng.choice((1, 16, 200))]
        copy = copy or bytearray(b"%")
    return bytes(copy)


def compare(file: str, number: int, sound: Reading, found: Reading | None) -> DamagedCopy:
    """Return what became of a copy, whose reading is None where its child ended at a limit."""
    if found is None or found.report is None:
        return DamagedCopy(file, number, "refused")
    assert sound.report is not None
    before, after = _numbers(sound), _numbers(found)
    changed = tuple(
        place
        for place in sorted(before.keys() | after.keys())
        if before.get(place) != after.get(place)
    )
    if not changed:
        return DamagedCopy(file, number, "same")
    new = {f.rule for f in found.report.findings} - {f.rule for f in sound.report.findings}
    flagged = bool(new) or found.report.status != sound.report.status
    return DamagedCopy(file, number, "flagged" if flagged else "silent", changed)


def _numbers(reading: Reading) -> dict[_Place, Number]:
    """Return the cells with a number."""
    assert reading.report is not None
    return {
        (part, item, key): cell.value
        for part, table in reading.report.tables.items()
        for item, row in table.items()
        for key, cell in row.items()
        if cell.value is not None
    }


def read_copy(body: bytes) -> Reading | None:
    """Return the reading of a file in a child with limits, None where it ended at one."""
    try:
        return decode(run_sandboxed(lambda: encode(read(body))))
    except SandboxError:
        return None


def fuzz(copies: int, seed: int) -> Iterator[DamagedCopy]:
    """Yield what became of so many damaged copies of each file."""
    for file in FILES:
        body = sound_body(file)
        sound = read_copy(body)
        assert sound is not None, file
        for number in range(copies):
            rng = random.Random(f"{seed}-{file}-{number}")
            yield compare(file, number, sound, read_copy(damage(body, rng)))


def main(copies: int = 64, seed: int = 0) -> int:
    """Print a table of the outcomes by file; return 1 where one was silent."""
    counts: dict[str, Counter[Outcome]] = {file: Counter() for file in FILES}
    silent: list[DamagedCopy] = []
    for copy in fuzz(copies, seed):
        counts[copy.file][copy.outcome] += 1
        silent += [copy] if copy.outcome == "silent" else []
    print(f"{'file':20}" + "".join(f"{outcome:>9}" for outcome in OUTCOMES))
    for file, count in counts.items():
        print(f"{file:20}" + "".join(f"{count[outcome]:9}" for outcome in OUTCOMES))
    total = sum(counts.values(), Counter[Outcome]())
    print(f"{'all':20}" + "".join(f"{total[outcome]:9}" for outcome in OUTCOMES))
    for copy in silent:
        print(f"silent: {copy.file}, copy {copy.number}: {copy.changed[:3]}")
    return 1 if silent else 0


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    sys.exit(main(*given))
