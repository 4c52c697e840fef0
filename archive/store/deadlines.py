"""The last day on which a report is in time, by the version of the law that its year falls under.

《政府信息公开条例》 of 2007, article 31, in force for the reports for 2008 to 2018: every 行政机关 publishes
its own report by 31 March of the following year. Text of 2019, article 49, from the reports for 2019
on: departments publish by 31 January, governments of county level and above by 31 March. The
article does not name towns; 31 March is the last day that agrees with it.
"""

from __future__ import annotations

FIRST_YEAR = 2008
"""The first year for which reports were due: the law came into force on 1 May 2008."""

LAST_YEAR_OF_2007 = 2018
"""The last year whose reports, due in March 2019, fell under the text of 2007."""

_END_OF_MARCH, _END_OF_JANUARY = "03-31", "01-31"


def is_under_text_of_2007(year: int) -> bool:
    """Return whether the report for a year was due under the text of 2007."""
    return year <= LAST_YEAR_OF_2007


def last_day(year: int, kind: str) -> str:
    """Return the last day for the report for a year, as an ISO date, by the kind of the agency.

    >>> last_day(2018, "department"), last_day(2019, "department"), last_day(2019, "government")
    ('2019-03-31', '2020-01-31', '2020-03-31')
    """
    is_later = is_under_text_of_2007(year) or kind == "government"
    return f"{year + 1}-{_END_OF_MARCH if is_later else _END_OF_JANUARY}"


def last_day_sql(year: str, kind: str) -> str:
    """Return `last_day` as SQL; the arguments are SQL too."""
    return (
        f"({year} + 1) || CASE WHEN {year} <= {LAST_YEAR_OF_2007} OR {kind} = 'government'"
        f" THEN '-{_END_OF_MARCH}' ELSE '-{_END_OF_JANUARY}' END"
    )


def last_deadline_before(day: str) -> str:
    """Return the latest deadline that has passed on a day; both are ISO dates.

    >>> last_deadline_before("2026-01-31"), last_deadline_before("2026-02-01")
    ('2025-03-31', '2026-01-31')
    """
    year = int(day[:4])
    passed = [
        deadline
        for at in (year - 1, year)
        for end in (_END_OF_JANUARY, _END_OF_MARCH)
        if (deadline := f"{at}-{end}") < day
    ]
    return max(passed)
