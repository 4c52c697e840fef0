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
    "section_label",
]
