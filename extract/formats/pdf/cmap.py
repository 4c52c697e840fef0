"""Read CMaps inside a PDF: the character or glyph that each code of a font stands for.

Ranges are kept as ranges and searched when a code is drawn, because a kilobyte of them can name
four billion codes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

_TOKEN = re.compile(
    rb"<([0-9A-Fa-f\s]*+)>|\[|\]|([+-]?\d++)|/([^\s<>\[\]()/%{}]*+)|([A-Za-z]++)|%[^\r\n]*+"
)
_MOST_TOKENS = 300_000  # some 100,000 characters one by one; a font has 65,536 at most
_SECTIONS = (b"bfchar", b"bfrange", b"cidchar", b"cidrange", b"codespacerange")

CodeValue = bytes | int
_Range = tuple[bytes, bytes, CodeValue | list[bytes]]


@dataclass(slots=True)
class CMap:
    """Codes of one to four bytes with their text (ToUnicode) or glyph numbers."""

    ranges: list[_Range] = field(default_factory=list)
    codespaces: list[tuple[bytes, bytes]] = field(default_factory=list)
    vertical: bool = False
    _singles: dict[bytes, CodeValue] = field(default_factory=dict)
    _starts: list[tuple[int, bytes]] = field(default_factory=list)
    _sorted: list[_Range] = field(default_factory=list)

    def value(self, code: bytes) -> CodeValue | None:
        """Return the value of `code` (UTF-16 bytes or a glyph number), None if it is not listed."""
        found = self._singles.get(code)
        if found is not None:
            return found
        if len(self._sorted) != len(self.ranges):
            self._sorted = sorted(self.ranges, key=lambda r: (len(r[0]), r[0]))
            self._starts = [(len(low), low) for low, _, _ in self._sorted]
        place = bisect_right(self._starts, (len(code), code)) - 1
        # ranges of a sound font do not overlap; for others the nearest few are enough
        for low, high, base in self._sorted[max(place - 3, 0) : place + 1][::-1]:
            if len(low) == len(code) and low <= code <= high:
                return _within(base, int.from_bytes(code) - int.from_bytes(low))
        return None

    def text(self, code: bytes) -> str | None:
        """Return the text of a code, None if the map has none."""
        value = self.value(code)
        return value.decode("utf-16-be", "replace") if isinstance(value, bytes) else None

    def split(self, data: bytes) -> list[bytes]:
        """Return `data` divided into codes by the code spaces, two bytes each if there are none."""
        if not self.codespaces:
            return [data[n : n + 2] for n in range(0, len(data) - 1, 2)]
        codes: list[bytes] = []
        place = 0
        while place < len(data):
            size = next((s for s in (1, 2, 3, 4) if self._is_code(data[place : place + s], s)), 0)
            codes.append(data[place : place + (size or 1)])
            place += size or 1
        return codes

    def _is_code(self, code: bytes, size: int) -> bool:
        return any(
            len(low) == len(code) == size
            and all(a <= b <= c for a, b, c in zip(low, code, high, strict=True))
            for low, high in self.codespaces
        )


def _within(base: CodeValue | list[bytes], offset: int) -> CodeValue | None:
    if isinstance(base, list):
        return base[offset] if offset < len(base) else None
    if isinstance(base, int):
        return base + offset
    if not base:
        return None
    last = int.from_bytes(base[-2:]) + offset
    return base[:-2] + last.to_bytes(2) if last <= 0xFFFF else None


def parse_cmap(data: bytes) -> CMap:
    """Read a CMap. Unknown parts are skipped; their codes then have no text."""
    cmap = CMap()
    section = b""
    operands: list[CodeValue] = []
    listed: list[bytes] | None = None
    for count, match in enumerate(_TOKEN.finditer(data)):
        if count > _MOST_TOKENS:
            break
        if match[1] is not None and listed is not None:
            listed.append(_hex(match[1]))
        elif match[1] is not None or match[2] is not None:
            operands.append(_hex(match[1]) if match[1] is not None else int(match[2][:10]))
            _take(cmap, section, operands)
        elif match[0] == b"[":
            listed = []
        elif match[0] == b"]":
            _take_list(cmap, section, operands, listed or [])
            operands, listed = [], None
        elif match[3] is not None:
            operands = []
        elif match[4] is not None:
            if match[4] == b"def" and operands == [1]:
                cmap.vertical |= b"WMode" in data[max(match.start() - 30, 0) : match.start()]
            section = next((s for s in _SECTIONS if match[4] == b"begin" + s), b"")
            operands = []
    return cmap


def _take_list(cmap: CMap, section: bytes, operands: list[CodeValue], listed: list[bytes]) -> None:
    if section == b"bfrange" and len(operands) == 2:
        low, high = operands
        if isinstance(low, bytes) and isinstance(high, bytes):
            cmap.ranges.append((low, high, listed))


def _take(cmap: CMap, section: bytes, operands: list[CodeValue]) -> None:
    """Put a finished entry of a section into the map and clear its `operands`."""
    if section.endswith(b"char") and len(operands) == 2:
        code, value = operands
        if isinstance(code, bytes):
            cmap._singles[code] = value
        operands.clear()
    elif section == b"codespacerange" and len(operands) == 2:
        low, high = operands
        if isinstance(low, bytes) and isinstance(high, bytes) and 0 < len(low) == len(high) <= 4:
            cmap.codespaces.append((low, high))
        operands.clear()
    elif section in (b"bfrange", b"cidrange") and len(operands) == 3:
        low, high, base = operands
        if isinstance(low, bytes) and isinstance(high, bytes):
            cmap.ranges.append((low, high, base))
        operands.clear()


def _hex(digits: bytes) -> bytes:
    bare = b"".join(digits.split())
    return bytes.fromhex((bare + b"0" * (len(bare) % 2)).decode())
