"""Lines of agencies, duties and what is there or missing once more, from the raw tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from tests.recomputation.checks_again import last_day
from tests.recomputation.published_tables import Key, Publication, Row, read_table


def broken_lines(data: Publication) -> list[str]:
    """Return the agencies whose `lineage_id` the links do not explain.

    A body that was renamed has the line of the body that it became. One that was merged has that line too,
    or its own: which part of a merger a line follows is a convention.
    """
    after: dict[str, set[str]] = defaultdict(set)
    must: set[str] = set()
    for row in read_table(data.folder, "agency_links"):
        if row["kind"] in ("renamed", "merged") and row["from_id"] and row["to_id"]:
            after[row["from_id"]].add(data.agencies[row["to_id"]]["lineage_id"])
            must |= {row["from_id"]} if row["kind"] == "renamed" else set()
    return [
        key
        for key, row in data.agencies.items()
        if row["lineage_id"] not in (after[key] if key in must else after[key] | {key})
    ]


def coverage(data: Publication, today: str) -> dict[Key, str]:
    """Return the status of each agency and year: there, late, missing, or not known to be."""
    found: dict[Key, str] = {}
    duties: dict[str, list[Row]] = defaultdict(list)
    for row in read_table(data.folder, "duties"):
        duties[row["agency_id"]].append(row)
    runs = [row for row in read_table(data.folder, "runs") if row["kind"] == "crawl"]
    for row in data.reports.values():
        agency, year = row["agency_id"], int(row["year"])
        due = last_day(year, data.agencies[agency]["kind"])
        owes = any(_owes(each, year) for each in duties[agency])
        is_late = owes and row["published_on"] > due and row["first_seen"][:10] > due
        found[agency, row["year"]] = (
            "removed" if row["status"] == "removed" else "late" if is_late else "found"
        )
    for agency, those in duties.items():
        for year in range(2008, int(today[:4])):
            owed = sorted((each for each in those if _owes(each, year)), key=lambda row: row["why"])
            due = last_day(year, data.agencies[agency]["kind"])
            if owed and due < today and (agency, str(year)) not in found:
                sites = {each["site"] for each in those if each["site"]}
                crawls = [run for run in runs if run["site"] in sites]
                found[agency, str(year)] = _absence(data, agency, year, due, owed[0], crawls)
    return found


def _owes(duty: Row, year: int) -> bool:
    return int(duty["since"]) <= year <= int(duty["until"] or 9999)


def _absence(
    data: Publication, agency: str, year: int, due: str, duty: Row, crawls: list[Row]
) -> str:
    if not any(run["outcome"] == "ok" and run["started"][:10] > due for run in crawls):
        return "not_looked"
    row = data.agencies[agency]
    certain = ("government", "department", "town", "zone")
    if duty["ground"] not in certain:
        return "unclear"
    heads = ("government", "office")
    is_head = row["kind"] == "government" or "人民政府办公" in row["name"]
    if is_head and row["kind"] in heads and duty["ground"] != "town":
        for other, report in data.agencies.items():
            if (
                report["region_code"] == row["region_code"]
                and report["level"] == row["level"]
                and {report["kind"], row["kind"]} == set(heads)
                and (report["kind"] == "government" or "人民政府办公" in report["name"])
                and (other, year) in data.by_year
            ):
                return "unclear"
    return "missing"


def coverage_counts(data: Publication, known: Mapping[Key, str]) -> dict[Key, int]:
    """Return how many agencies have each status, by place and year."""
    found: Counter[Key] = Counter()
    for (agency, year), status in known.items():
        code = data.agencies[agency]["region_code"]
        while code:
            found[code, year, status] += 1
            code = data.regions[code]["parent_code"]
        found["", year, status] += 1
    return dict(found)
