"""Recognised sheets of the forms, and the values that they print."""

from __future__ import annotations

from gongkai.extract.forms import FORM_2021
from tests.extract.printed_forms import TITLE
from tests.printing.matrix import Style
from tests.printing.report import distinct
from tests.printing.scans import report

VALUES = distinct(FORM_2021, 9)

SHEETS = report(TITLE["2021"], FORM_2021, VALUES, Style())
