"""The official forms as data."""

from gongkai.extract.forms.form import (
    SECTIONS,
    Column,
    Disclosure,
    Form,
    Identity,
    Item,
    Labelled,
    section_label,
)
from gongkai.extract.forms.form_2019 import FORM_2019
from gongkai.extract.forms.form_2021 import FORM_2021

FORMS = {form.id: form for form in (FORM_2021, FORM_2019)}


def form_by_basis(year: int | None, text: str) -> Form:
    """Return the form by the circular that the text of a report cites, else by its year."""
    for form in FORMS.values():
        if form.basis.removeprefix("国办公开办函") in text:
            return form
    return FORM_2019 if year in (2019, 2020) else FORM_2021


__all__ = [
    "FORMS",
    "FORM_2019",
    "FORM_2021",
    "SECTIONS",
    "Column",
    "Disclosure",
    "Form",
    "Identity",
    "Item",
    "Labelled",
    "form_by_basis",
    "section_label",
]
