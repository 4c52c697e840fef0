"""The objects of a page of PDFium, with those of the drawings inside it."""

from __future__ import annotations

from collections.abc import Iterator
from ctypes import addressof, c_float
from dataclasses import dataclass
from itertools import repeat

from gongkai.extract.formats.pdf import pdfium_library as lib
from gongkai.extract.formats.pdf.pdfium_library import Handle
from gongkai.extract.layout.drawn_paths import Matrix
from gongkai.extract.layout.page import Box

TEXT, PATH, PICTURE, SHADING, FORM = 1, 2, 3, 4, 5
"""The kinds of objects."""
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_DEEPEST = 12  # drawings inside drawings


@dataclass(frozen=True, slots=True)
class ObjectGroup:
    """The objects of a page or form in the order in which they are drawn.

    `owner` is the form, 0 for the page; `forms` has the groups of the forms among the objects.
    """

    owner: Handle
    objects: list[Handle]
    kinds: list[int]
    forms: dict[Handle, ObjectGroup]

    def of_kind(self, kind: int) -> list[Handle]:
        """Return the objects of one kind."""
        return [each for each, own in zip(self.objects, self.kinds, strict=True) if own == kind]

    def all_groups(self) -> Iterator[ObjectGroup]:
        """Yield this group and those inside it."""
        yield self
        for group in self.forms.values():
            yield from group.all_groups()


def group_page(page: Handle) -> ObjectGroup:
    """Return the objects of a page."""
    objects = list(map(lib.get_object, repeat(page), range(max(lib.count_objects(page), 0))))
    return _group(0, objects, 0)


def _group(owner: Handle, objects: list[Handle], depth: int) -> ObjectGroup:
    kinds = list(map(lib.object_type, objects))
    forms = {}
    if FORM in kinds and depth < _DEEPEST:
        for form, kind in zip(objects, kinds, strict=True):
            if kind == FORM:
                numbers = range(max(lib.count_form_objects(form), 0))
                inner = list(map(lib.get_form_object, repeat(form), numbers))
                forms[form] = _group(form, inner, depth + 1)
    return ObjectGroup(owner, objects, kinds, forms)


def matrix_of(owner: Handle) -> Matrix:
    """Return the matrix of an object."""
    found = (c_float * 6)()
    if not lib.object_matrix(owner, addressof(found)):
        return IDENTITY
    a, b, c, d, e, f = found[:]
    return a, b, c, d, e, f


def bounds_of(owner: Handle) -> Box:
    """Return the box of an object in the coordinates of its group."""
    sides = (c_float * 4)()
    place = addressof(sides)
    lib.object_bounds(owner, place, place + 4, place + 8, place + 12)
    x0, y0, x1, y1 = sides[:]
    return x0, y0, x1, y1
