"""The rules that reports are checked against: their texts and the cells they concern."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gongkai.catalogue import Language, text
from gongkai.extract.forms import FORM_2021
from gongkai.extract.forms.request_items import OUTCOMES

CellKey = tuple[str, str, str]
"""Part, item and field: a cell of a report's tables by the keys of the data contract."""

_ITEMS = tuple(item.key for item in FORM_2021.items)
_APPLICANTS = tuple(column.key for column in FORM_2021.applicants)
_RESULTS = tuple(column.key for column in FORM_2021.results)
_PROCEEDINGS = tuple(item.key for item in FORM_2021.proceedings)


def _no_cells(scope: str) -> tuple[CellKey, ...]:
    return ()


def _request_rows(*items: str) -> Callable[[str], tuple[CellKey, ...]]:
    """Return the cells of `items` in the column that is the scope ("" is the total column)."""
    return lambda scope: tuple(("requests", item, scope or "total") for item in items)


def _request_row(scope: str) -> tuple[CellKey, ...]:
    return tuple(("requests", scope, column) for column in _APPLICANTS)


def _request_row_if_item(scope: str) -> tuple[CellKey, ...]:
    return _request_row(scope) if scope in _ITEMS else ()


def _proceeding(scope: str) -> tuple[CellKey, ...]:
    return tuple(("review_litigation", scope, column) for column in _RESULTS)


def _review(scope: str) -> tuple[CellKey, ...]:
    return _proceeding("review")


def _review_total(scope: str) -> tuple[CellKey, ...]:
    return (("review_litigation", "review", "total"),)


def _lawsuit_totals(scope: str) -> tuple[CellKey, ...]:
    return (
        ("review_litigation", "suit_direct", "total"),
        ("review_litigation", "suit_after_review", "total"),
    )


def _total(scope: str) -> tuple[CellKey, ...]:
    """Return the total that the scope names: of a proceeding or an item, else of new requests."""
    if scope in _PROCEEDINGS:
        return (("review_litigation", scope, "total"),)
    return (("requests", scope if scope in _ITEMS else "new", "total"),)


def _disclosure(scope: str) -> tuple[CellKey, ...]:
    return (("active_disclosure", "", scope), ("active_disclosure_2019", "", scope))


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its id, the cells that a scope names, and the section (1 to 6) its text stands in.

    `section` is 0 for a rule that concerns no single section.
    """

    id: str
    cells: Callable[[str], tuple[CellKey, ...]] = _no_cells
    section: int = 0

    def title(self, lang: Language) -> str:
        """Return the name of the rule in a language."""
        return text(lang, f"rule.{self.id}")

    def about(self, lang: Language) -> str:
        """Return what the rule requires, in a language."""
        return text(lang, f"rule.{self.id}.about")


_TABLE_RULES = (
    Rule(
        "requests_balance",
        _request_rows("new", "carried_in", "total_handled", "carried_out"),
        3,
    ),
    Rule("requests_outcome_sum", _request_rows(*OUTCOMES, "total_handled"), 3),
    Rule("requests_row_total", _request_row, 3),
    Rule("review_total", _review, 4),
    Rule("litigation_total", _proceeding, 4),
    Rule("active_disclosure_cells", _disclosure, 2),
    Rule("row_shape", _request_row_if_item),
    Rule("readings_disagree"),
)
_TEXT_RULES = (
    Rule("text_requests", _request_rows("new"), 1),
    Rule("text_review", _review_total, 1),
    Rule("text_litigation", _lawsuit_totals, 1),
    Rule("text_handled", _request_rows("total_handled"), 1),
    Rule("text_carried", _request_rows("carried_in", "carried_out"), 1),
    Rule("text_zero", _total, 1),
    Rule("text_sum", section=1),
    Rule("placeholder", section=1),
    Rule("period"),
    Rule("year_sources"),
    Rule("section_missing"),
    Rule("section_empty"),
)
_CROSS_REPORT_RULES = (
    Rule("carry_over", _request_rows("carried_in", "carried_out"), 3),
    Rule("in_force_continuity", _disclosure, 2),
    Rule("deadline"),
    Rule("near_duplicate"),
    Rule("foreign_place"),
)

RULES: Mapping[str, Rule] = {
    rule.id: rule for rule in (*_TABLE_RULES, *_TEXT_RULES, *_CROSS_REPORT_RULES)
}
"""Every rule of the archive by its id, in the order in which they are shown."""


def rule_cells(rule: str, scope: str) -> tuple[CellKey, ...]:
    """Return the cells that a failed check concerns, () for a check of text or an unknown rule."""
    return RULES[rule].cells(scope) if rule in RULES else ()
