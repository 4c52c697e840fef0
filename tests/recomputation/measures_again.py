"""Measures, totals of regions and reasons for refusal once more, from the raw tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from tests.recomputation.published_tables import (
    OTHER,
    PROCEEDINGS,
    REFUSED,
    REJECTED,
    RESULTS,
    UNAVAILABLE,
    Key,
    Number,
    Publication,
    Row,
    added,
    number,
)


def measures(data: Publication, report: str) -> dict[str, Number]:
    """Return the measures of a report: 予以公开 and 部分公开 over 总计, 纠正 over what is decided."""
    form = data.reports[report]["form"]
    asked = {
        "requests_new": data.asked(report, "new"),
        "requests_carried_in": data.asked(report, "carried_in"),
        "requests_handled": data.asked(report, "total_handled"),
        "requests_carried_out": data.asked(report, "carried_out"),
        "granted": data.asked(report, "granted"),
        "granted_partly": data.asked(report, "granted_partly"),
        "refused": added(data.asked(report, item) for item in REFUSED),
        "unavailable": added(data.asked(report, item) for item in UNAVAILABLE),
        "rejected": added(data.asked(report, item) for item in REJECTED),
        "other_handling": added(data.asked(report, item) for item in OTHER.get(form, ("other",))),
    }
    found: dict[str, Number] = dict(asked)
    handled = asked["requests_handled"]
    disclosed = found["disclosed"] = added((asked["granted"], asked["granted_partly"]))
    for name, part in (
        ("disclosure_rate", disclosed),
        ("refusal_rate", asked["refused"]),
        ("unavailable_rate", asked["unavailable"]),
        ("rejection_rate", asked["rejected"]),
    ):
        found[name] = share(part, handled)
    suits = ("suit_direct", "suit_after_review")
    for name, rate, proceedings in (
        ("reviews", "review_correction_rate", ("review",)),
        ("suits", "suit_correction_rate", suits),
    ):
        whole, pending, corrected = (
            added(data.disputed(report, each, column) for each in proceedings)
            for column in ("total", "pending", "corrected")
        )
        decided = whole - pending if whole is not None and pending is not None else None
        decided = None if decided is not None and decided < 0 else decided
        found |= {name: whole, f"{name}_pending": pending, f"{name}_decided": decided}
        found |= {f"{name}_corrected": corrected, rate: share(corrected, decided)}
    disclosure = data.disclosures.get(report, {})
    for name in ("licensing_decisions", "penalty_decisions", "coercion_decisions", "fees_wan_yuan"):
        found[name] = number(disclosure.get(name, ""))
    return found


def share(part: Number, whole: Number) -> Number:
    """Return a rate, None where a side is missing, nothing was counted, or the part is larger."""
    return part / whole if part is not None and whole and part <= whole else None


def is_contradictory(part: Number, whole: Number) -> bool:
    """Return whether more is counted of a part than of all."""
    return part is not None and whole is not None and part > whole


def series(data: Publication, report: str) -> str:
    """Return the series of a report; reports of different series are never added to each other."""
    agency = data.agency(report)
    level = agency["level"] or "unknown"
    if agency["kind"] == "government" and agency["level"] != "town":
        return f"government_{level}"
    return f"compiled_{level}" if data.reports[report]["covers"] == "compiled" else "bodies"


Moved = Mapping[tuple[str, str], str]
"""Divisions and years whose reports count for another division in the list of a chosen year."""


def places(data: Publication, report: str, moved: Moved) -> Iterator[str]:
    """Yield the divisions that a report counts for: its own, those above it, and the country."""
    code = data.agency(report)["region_code"]
    code = moved.get((code, data.reports[report]["year"]), code)
    while code:
        yield code
        code = data.regions[code]["parent_code"]
    yield "000000"


PAIRS: Mapping[str, tuple[str, str]] = {
    # key: numerator or count, denominator
    "requests_new": ("requests_new", ""),
    "requests_handled": ("requests_handled", ""),
    "disclosed": ("disclosed", ""),
    "refused": ("refused", ""),
    "unavailable": ("unavailable", ""),
    "rejected": ("rejected", ""),
    "reviews": ("reviews", ""),
    "suits": ("suits", ""),
    "disclosure_rate": ("disclosed", "requests_handled"),
    "refusal_rate": ("refused", "requests_handled"),
    "unavailable_rate": ("unavailable", "requests_handled"),
    "rejection_rate": ("rejected", "requests_handled"),
    "review_correction_rate": ("reviews_corrected", "reviews_decided"),
    "suit_correction_rate": ("suits_corrected", "suits_decided"),
    **{
        f"answer_{name}": (name, "requests_handled")
        for name in (
            *("granted", "granted_partly", "refused", "unavailable", "rejected", "other_handling"),
        )
    },
}


def figures(data: Publication, report: str) -> dict[str, tuple[Number, Number]]:
    """Return (part, whole) of everything that is added up; whole is 0 for a count."""
    known = measures(data, report)
    found = {
        key: (known[part], known[whole] if whole else 0) for key, (part, whole) in PAIRS.items()
    }
    for rate in WHOLES:
        if is_contradictory(*found[rate]):
            found[rate] = None, found[rate][1]
    handled, form = known["requests_handled"], data.reports[report]["form"]
    for item in (*REFUSED, *UNAVAILABLE, *REJECTED, *OTHER["2021"][:2]):
        found[f"ground_{item}"] = data.asked(report, item), handled
    other = data.asked(report, "other"), handled
    found["ground_other"] = (None, handled) if form == "2019" else other
    found["ground_other_2019"] = other if form == "2019" else (None, handled)
    for proceeding in PROCEEDINGS:
        total = data.disputed(report, proceeding, "total")
        found[f"{proceeding}_total"] = total, 0
        for result in RESULTS:
            found[f"{proceeding}_{result}"] = data.disputed(report, proceeding, result), total
    return found


def totals(data: Publication, moved: Moved | None = None) -> dict[Key, Counter[str]]:
    """Return sums by place, year and series: KEY_part, KEY_whole, and KEY_reports that have both."""
    found: dict[Key, Counter[str]] = defaultdict(Counter)
    for report, row in data.reports.items():
        own = figures(data, report)
        for place in places(data, report, moved or {}):
            sums = found[place, row["year"], series(data, report)]
            sums["reports"] += 1
            sums["with_failed_checks"] += int(row["checks_failed"]) > 0
            for key, (part, whole) in own.items():
                if part is not None and whole is not None:
                    sums[f"{key}_part"] += part  # type: ignore[assignment]
                    sums[f"{key}_whole"] += whole  # type: ignore[assignment]
                    sums[f"{key}_reports"] += 1
    return found


def by_region(data: Publication) -> dict[Key, dict[str, Number]]:
    """Return `reports_by_region`: sums over the reports of each division alone, by year."""
    groups: dict[Key, list[str]] = defaultdict(list)
    for report, row in data.reports.items():
        groups[data.agency(report)["region_code"], row["year"]].append(report)
    summed = "requests_new requests_handled granted granted_partly refused unavailable rejected"
    summed += " reviews reviews_corrected suits suits_corrected"
    found = {}
    for key, reports in groups.items():
        rows = [data.reports[report] for report in reports]
        sums: dict[str, Number] = {
            "agencies": len({row["agency_id"] for row in rows}),
            "reports": len(rows),
            "complete": sum(row["status"] == "complete" for row in rows),
            "removed": sum(row["status"] == "removed" for row in rows),
            "with_failed_checks": sum(row["checks_failed"] != "0" for row in rows),
            "checks_failed": sum(int(row["checks_failed"]) for row in rows),
        }
        for prefix, kinds in (("", None), ("bodies_", "bodies"), ("government_", "government_")):
            those = [r for r in reports if kinds is None or series(data, r).startswith(kinds)]
            known = [measures(data, report) for report in those]
            handled = [each["requests_handled"] for each in known]
            sums[f"{prefix}with_requests"] = sum(each is not None for each in handled)
            for name in summed.split():
                there = [each[name] for each in known if each[name] is not None]
                sums[f"{prefix}{name}"] = sum(there) if there else None  # type: ignore[arg-type]
        found[key] = sums
    return found


def reasons(data: Publication) -> dict[Key, tuple[Number, int, int]]:
    """Return `refusal_reasons` by division, year, item and layout: requests, reports, reports citing."""
    found: dict[Key, list[Number]] = defaultdict(list)
    for report, row in data.reports.items():
        place = data.agency(report)["region_code"], row["year"]
        # （六）其他处理 is one row in the layout of 2019
        for item in (*REFUSED, *UNAVAILABLE, *REJECTED, *OTHER.get(row["form"], ())):
            if (report, item) in data.requests:
                form = row["form"] if item in OTHER["2021"] else ""
                found[*place, item, form].append(data.asked(report, item))
    return {
        key: (
            sum(n for n in values if n is not None) if any(n is not None for n in values) else None,
            sum(n is not None for n in values),
            sum(bool(n) for n in values),
        )
        for key, values in found.items()
    }


WHOLES = {
    **dict.fromkeys(
        ("disclosure_rate", "refusal_rate", "unavailable_rate", "rejection_rate"),
        "requests_handled",
    ),
    "review_correction_rate": "reviews_decided",
    "suit_correction_rate": "suits_decided",
}
"""Rates with what they are a share of."""


def printed_share(data: Publication, report: str, rate: str) -> tuple[Number, Number]:
    """Return what a rate is computed from; the whole is below zero where more is pending than all."""
    known = measures(data, report)
    part, whole = PAIRS[rate]
    if whole == "requests_handled":
        return known[part], known[whole]
    name = whole.removesuffix("_decided")
    every, pending = known[name], known[f"{name}_pending"]
    return known[part], None if every is None or pending is None else every - pending


def panel(data: Publication, crosswalk: Iterable[Row]) -> dict[Key, tuple[Number, str, str]]:
    """Return (value, series, absence) of the panel by report and variable, of complete reports."""
    found: dict[Key, tuple[Number, str, str]] = {}
    variables = list(crosswalk)
    for report, row in data.reports.items():
        if row["status"] != "complete":
            continue
        known, of = measures(data, report), series(data, report)
        for each in variables:
            name = each["variable"]
            if name in known and (
                name in WHOLES or not each["field_2021"] or " " in each["item_2021"]
            ):
                value = known[name]
                empty = name in WHOLES and known[WHOLES[name]] == 0
                absence = "no_cases" if empty else "incomplete"
                if name in WHOLES and is_contradictory(*printed_share(data, report, name)):
                    absence = "contradictory"
            else:
                form = row["form"]
                cell = (each[f"part_{form}"], each[f"item_{form}"], each[f"field_{form}"])
                value, absence = _cell(data, report, cell)
            found[report, name] = value, of, "" if value is not None else absence
    return found


def _cell(data: Publication, report: str, cell: Key) -> tuple[Number, str]:
    """Return the value of a cell, and why it would have none."""
    part, item, field = cell
    if not part:
        return None, "not_in_form"
    if part == "requests":
        value = data.asked(report, item, field)
    elif part == "review_litigation":
        value = data.disputed(report, item, field)
    else:
        value = number(data.disclosures.get(report, {}).get(field, ""))
    return value, data.notes.get((report, part, item, field), {"note": "missing"})["note"]
