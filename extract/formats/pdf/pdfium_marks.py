"""Find which objects of a page a file declares to be watermarks, and what it says that others mean.

PDFium names marks and their entries, but not values that are names: /Subtype /Watermark looks like
/Subtype /Header. Headers and footers lie at the ends of a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import addressof, c_ulong, create_string_buffer

from gongkai.extract.formats.pdf import pdfium_library as lib
from gongkai.extract.formats.pdf.pdfium_library import Handle

_MOST = 64  # marks of one object, and entries of one mark
_LONGEST = 128  # bytes of a name


class Marks:
    """The marks of the objects of one page. Objects of one marked content share a mark."""

    def __init__(self, has_watermarks: bool) -> None:
        self.has_watermarks = has_watermarks
        self.replacements: dict[Handle, str] = {}
        """The text of objects of which each has a mark of its own that says what it means."""
        self._known: dict[Handle, tuple[bool, bool]] = {}

    def of(self, objects: Sequence[Handle]) -> list[bool]:
        """Return for each object whether it may be a watermark."""
        if not self.has_watermarks:
            return [False] * len(objects)
        return [any(mark[0] for mark in self._each(owner)) for owner in objects]

    def remove_replacements(self, objects: Sequence[Handle]) -> None:
        """Remove marks with /ActualText, which PDFium gives in place of what is drawn; note it."""
        owners: dict[Handle, list[Handle]] = {}
        for owner, count in zip(objects, list(map(lib.count_marks, objects)), strict=True):
            for n in range(min(count, _MOST) - 1, -1, -1):
                mark = lib.get_mark(owner, n)
                if mark and self._mark(mark)[1]:
                    owners.setdefault(mark, []).append(owner)
        for mark, marked in owners.items():
            text = _replacement(mark)
            for owner in marked:
                lib.remove_mark(owner, mark)
                if len(marked) == 1:
                    self.replacements[owner] = text

    def _each(self, owner: Handle) -> list[tuple[bool, bool]]:
        marks = (lib.get_mark(owner, n) for n in range(min(lib.count_marks(owner), _MOST)))
        return [self._mark(mark) for mark in marks if mark]

    def _mark(self, mark: Handle) -> tuple[bool, bool]:
        """Return whether a mark is an artifact with a subtype, and whether it replaces text."""
        found = self._known.get(mark)
        if found is None:
            keys = _keys(mark)
            found = _name(mark) == "Artifact" and "Subtype" in keys, "ActualText" in keys
            self._known[mark] = found
        return found


def _name(mark: Handle) -> str:
    buffer, size = create_string_buffer(_LONGEST), c_ulong()
    lib.mark_name(mark, addressof(buffer), _LONGEST, addressof(size))
    return buffer.raw[: min(size.value, _LONGEST)].decode("utf-16-le", "replace").rstrip("\0")


def _replacement(mark: Handle) -> str:
    buffer, size = create_string_buffer(_LONGEST), c_ulong()
    lib.mark_string(mark, b"ActualText", addressof(buffer), _LONGEST, addressof(size))
    return buffer.raw[: min(size.value, _LONGEST)].decode("utf-16-le", "replace").rstrip("\0")


def _keys(mark: Handle) -> set[str]:
    found = set()
    for n in range(min(max(lib.count_mark_params(mark), 0), _MOST)):
        buffer, size = create_string_buffer(_LONGEST), c_ulong()
        lib.mark_param(mark, n, addressof(buffer), _LONGEST, addressof(size))
        key = buffer.raw[: min(size.value, _LONGEST)].decode("utf-16-le", "replace")
        found.add(key.rstrip("\0"))
    return found
