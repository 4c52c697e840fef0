"""A database whose table pages cost no more than a bounded number of steps, however large it is."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from datasette.database import Database, QueryInterrupted, Results

from gongkai.publish.http.time_limit import step_limit
from gongkai.publish.server.row_order import sorted_table, with_row_order

QUERY_STEPS = 700_000
"""Instructions of SQLite's virtual machine for the rows of a table page, and for their number: some 50 to 80
milliseconds. Whatever an index answers takes a hundredth of them."""

TEXT_STEPS = 250_000
"""The same where a part of long texts is looked for, which takes three times as long a step."""

FACET_STEPS = 60_000
"""Instructions for the counts of one column. Datasette leaves out a facet that takes more, and says so."""

FRACTIONS = ("REAL", "NUMERIC")
"""Types of columns of numbers. SQLite reads some of their texts a bit too high or too low, Python does not."""

_IN_TEXTS = re.compile(r"\W(?:text|passage|twin_passage)\W{1,2}(?:not )?like ")
"""A condition on a part of a section, or of a passage that two reports have."""

Parameters = Mapping[str, Any] | Sequence[Any]


class BoundedDatabase(Database):  # type: ignore[misc]  # Datasette has no types
    """Datasette's database, which counts steps where Datasette looks at the clock.

    A question then gets the same answer or refusal on a busy machine as on an idle one.
    """

    async def execute(
        self,
        sql: str,
        params: Parameters | None = None,
        truncate: bool = False,
        custom_time_limit: int | None = None,
        page_size: int | None = None,
        log_sql_errors: bool = True,
    ) -> Results:
        """Return the rows of a query of a table page. Datasette asks facets with a time limit of their own.

        Raises:
            QueryInterrupted: It takes too many steps, or too long.
        """
        sql, params = await self._in_row_order(sql, params)
        most = self.ds.max_returned_rows
        most += most == (page_size or self.ds.page_size)
        milliseconds = self.ds.sql_time_limit_ms
        steps = TEXT_STEPS if _IN_TEXTS.search(sql) else QUERY_STEPS
        steps = FACET_STEPS if custom_time_limit else steps

        def read(conn: sqlite3.Connection) -> Results:
            with step_limit(conn, steps, milliseconds):
                try:
                    cursor = conn.execute(sql, params if params is not None else {})
                    rows = cursor.fetchmany(most + 1) if truncate else cursor.fetchall()
                except sqlite3.OperationalError as problem:
                    if problem.args == ("interrupted",):
                        raise QueryInterrupted(problem, sql, params) from problem
                    raise
            is_cut = truncate and len(rows) > most
            return Results(rows[:most] if is_cut else rows, is_cut, cursor.description)

        return await self.execute_fn(read)

    async def _in_row_order(
        self, sql: str, params: Parameters | None
    ) -> tuple[str, Parameters | None]:
        table = sorted_table(sql)
        if not table or await self.get_view_definition(table) is not None:
            return sql, params
        page = with_row_order(sql, await self.primary_keys(table), len(params or ()))
        if page.value and isinstance(params, Mapping):
            types = {each.name: each.type for each in await self.table_column_details(table)}
            if types.get(page.column) in FRACTIONS:
                params = {**params, page.value: _exact(params[page.value])}
        return page.sql, params


def _exact(text: str) -> str | float:
    """Return a fraction as the number that Python wrote; whole numbers, and what is none, as they are."""
    try:
        return text if text.lstrip("-").isdecimal() else float(text)
    except ValueError:
        return text
