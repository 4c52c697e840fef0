"""Numbers for made reports: tables that add up, and the faults that typists leave in them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from gongkai.extract.forms import FORM_2019, FORM_2021, Form

Values = dict[str, dict[str, dict[str, str]]]
"""The texts of cells by table, row and column."""

APPLICANTS = (
    *("natural_person", "business", "research_institute", "public_interest_org"),
    *("legal_service_org", "other_org"),
)
NO_OUTCOMES = ("new", "carried_in", "carried_out", "total_handled")
PROCEEDINGS = ("review", "suit_direct", "suit_after_review")
RESULTS = ("upheld", "corrected", "other", "pending")


@dataclass
class MadeTables:
    """The tables of one report, with what its successor carries on."""

    values: Values
    carried_out: dict[str, int]
    in_force: dict[str, int]


def made_tables(
    chance: random.Random,
    form: Form,
    before: MadeTables | None,
    size: int,
) -> MadeTables:
    """Return tables that go on from those of the year before; one in three has a fault."""
    requests, out = _requests(chance, form, before.carried_out if before else {}, size)
    disclosure, documents = _disclosure(chance, form, before.in_force if before else {})
    values = {
        form.part: {"": disclosure},
        "requests": requests,
        "review_litigation": _disputes(chance, size),
    }
    if chance.random() < 0.35:
        chance.choice((_another_number, _blank_zeros, _dashes, _no_total, _odd, _impossible))(
            chance, form, values
        )
    return MadeTables(values, out, documents)


def _requests(
    chance: random.Random, form: Form, carried: Mapping[str, int], size: int
) -> tuple[dict[str, dict[str, str]], dict[str, int]]:
    items = [item.key for item in form.items]
    outcomes = [key for key in items if key not in NO_OUTCOMES]
    rows = {key: dict.fromkeys(APPLICANTS, 0) for key in items}
    out = {}
    for place, column in enumerate(APPLICANTS):
        came_in = carried.get(column, 0)
        if chance.random() < 0.06:
            came_in += chance.randint(1, 3)  # more than was carried out of the year before
        new = chance.randint(0, size) if place == 0 else chance.choice((0, 0, 0, 1, 2, size // 9))
        stay = min(chance.choice((0, 0, 0, 1, 3)), new + came_in)
        rows["new"][column], rows["carried_in"][column] = new, came_in
        rows["carried_out"][column] = out[column] = stay
        rows["total_handled"][column] = new + came_in - stay
        for _ in range(new + came_in - stay):
            key = "granted" if chance.random() < 0.5 else chance.choice(outcomes)
            rows[key][column] += 1
    shown = {
        key: {
            **{name: str(number) for name, number in row.items()},
            "total": str(sum(row.values())),
        }
        for key, row in rows.items()
    }
    return shown, {**out, "total": sum(out.values())}


def _disclosure(
    chance: random.Random, form: Form, in_force: Mapping[str, int]
) -> tuple[dict[str, str], dict[str, int]]:
    cells = {key: str(chance.choice((0, 0, 3, 12, 240))) for key in form.disclosure_keys}
    documents = {}
    for key in ("regulations", "normative_docs") if form is FORM_2021 else ():
        before = in_force.get(key, chance.randint(5, 40))
        made, repealed = chance.randint(0, 4), chance.randint(0, 3)
        wrong = 1 if chance.random() < 0.1 else 0
        documents[key] = before + made - repealed + wrong
        cells |= {f"{key}_made": str(made), f"{key}_repealed": str(repealed)}
        cells[f"{key}_in_force"] = str(documents[key])
    money = "fees_wan_yuan" if form is FORM_2021 else "procurement_wan_yuan"
    cells[money] = chance.choice(("0", "12", "3.5", "251.04"))
    if form is FORM_2019:
        cells["licensing_change"] = chance.choice(("0", "-4", "2"))
    return cells, documents


def _disputes(chance: random.Random, size: int) -> dict[str, dict[str, str]]:
    found = {}
    for proceeding in PROCEEDINGS:
        row = {key: chance.choice((0, 0, 0, 1, size // 12)) for key in RESULTS}
        found[proceeding] = {
            **{key: str(number) for key, number in row.items()},
            "total": str(sum(row.values())),
        }
    return found


def _another_number(chance: random.Random, form: Form, values: Values) -> None:
    """One or two cells have another number than the others allow."""
    for _ in range(chance.randint(1, 2)):
        part = chance.choice(("requests", "requests", "review_litigation"))
        row = values[part][chance.choice(sorted(values[part]))]
        column = chance.choice(sorted(row))
        row[column] = str(int(row[column] or 0) + chance.randint(1, 9))


def _blank_zeros(chance: random.Random, form: Form, values: Values) -> None:
    """Zeros are left blank throughout a table, or in some places only."""
    everywhere = chance.random() < 0.5
    part = chance.choice(("requests", "review_litigation"))
    for row in values[part].values():
        for column, text in row.items():
            if text == "0" and (everywhere or chance.random() < 0.3):
                row[column] = ""
    if chance.random() < 0.4:
        _another_number(chance, form, values)


def _dashes(chance: random.Random, form: Form, values: Values) -> None:
    for row in values["requests"].values():
        for column, text in row.items():
            if text == "0" and chance.random() < 0.2:
                row[column] = chance.choice(("—", "/", "-"))


def _no_total(chance: random.Random, form: Form, values: Values) -> None:
    """A total is left blank: that is no total of 0."""
    rows = values["requests"]
    rows[chance.choice(("new", "granted", "total_handled"))]["total"] = ""
    if chance.random() < 0.5:
        rows["total_handled"]["natural_person"] = ""


def _odd(chance: random.Random, form: Form, values: Values) -> None:
    """Numbers are written in another way, and one cell has words."""
    row = values["requests"]["new"]
    row["natural_person"] += "件"
    row["business"] = "".join(chr(ord(digit) + 0xFEE0) for digit in row["business"])
    if chance.random() < 0.5:
        values["requests"]["granted"]["other_org"] = "见附件"


def _impossible(chance: random.Random, form: Form, values: Values) -> None:
    cells = values[form.part][""]
    cells["penalty_decisions"] = chance.choice(("-3", "1.5"))
    if form is FORM_2021 and chance.random() < 0.5:
        cells["fees_wan_yuan"] = "-2.5"
