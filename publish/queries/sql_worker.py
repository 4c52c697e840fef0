"""The process of one SQL query: it may read the published tables, and nothing else.

It is started as a file, imports only the standard library, and lives for one query. What SQLite itself
refuses is refused twice: by an authorizer that knows what a query may do, and by limits of the
operating system on memory, time and files that hold whatever SQLite does.
"""

from __future__ import annotations

import json
import math
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypedDict

MEMORY = 400_000_000
"""Bytes of address space: the interpreter takes some 100 MB of it."""

HEAP = 200_000_000
"""Bytes that SQLite may have at a time, sorting included: nothing goes to files."""

LONGEST_VALUE = 1_000_000
"""Bytes of a text or a blob, so also of what printf, group_concat or randomblob make."""

MOST_COLUMNS = 100
STEPS = 1_000
"""Instructions of SQLite's virtual machine between two looks at the clock."""

SQLITE_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: LONGEST_VALUE,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 20_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 100_000,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
_NAMES = """
abs avg ceil ceiling char coalesce concat concat_ws count cume_dist date datetime dense_rank exp
first_value floor format glob group_concat hex ifnull iif instr json json_array json_array_length
json_extract json_group_array json_group_object json_object json_type json_valid julianday lag
last_value lead length like ln log log10 log2 lower ltrim max min mod nth_value ntile nullif
percent_rank pow power printf quote rank replace round row_number rtrim sign sqrt strftime string_agg
substr substring sum time total trim trunc typeof unicode unixepoch upper -> ->>
"""
FUNCTIONS = frozenset(_NAMES.split())
"""Functions that a query may call: none reads files, loads code, or waits."""


Authorizer = Callable[[int, str | None, str | None, str | None, str | None], int]


class Task(TypedDict):
    """A query: the file, the readable tables, and how much it may cost and return."""

    path: str
    sql: str
    tables: list[str]
    seconds: float
    rows: int
    bytes: int


def main() -> None:
    """Read a task from the input, and write what becomes of it to the output."""
    task: Task = json.load(sys.stdin)
    limit_process(task["seconds"])
    try:
        answer = run(task)
    except sqlite3.Error as problem:
        slow = "interrupted" in str(problem)
        answer = {"error": "slow" if slow else "invalid", "why": str(problem)[:500]}
    except (MemoryError, OverflowError):
        answer = {"error": "large", "why": ""}
    sys.stdout.write(json.dumps(answer, ensure_ascii=True))


def limit_process(seconds: float) -> None:
    """Bound what this process may take, for good."""
    whole = math.ceil(seconds) + 1
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, whole),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        resource.setrlimit(what, (most, most))


def run(task: Task) -> dict[str, Any]:
    """Return the columns and rows of a query, and whether there are more rows.

    Raises:
        sqlite3.Error: The query is wrong, does what it may not, or takes too long.
    """
    conn = sqlite3.connect(f"{task['path']}?mode=ro&immutable=1", uri=True)
    conn.text_factory = lambda given: given.decode("utf-8", "replace")
    # the definitions of our own tables are read as they are: limits are for what readers write
    conn.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
    for pragma in (
        f"hard_heap_limit = {HEAP}",
        "temp_store = MEMORY",
        "mmap_size = 0",
        "trusted_schema = OFF",
        "query_only = ON",
    ):
        conn.execute(f"PRAGMA {pragma}")
    for limit, most in SQLITE_LIMITS.items():
        conn.setlimit(limit, most)
    asked = [name for name in task["tables"] if name.lower() in task["sql"].lower()]
    readable, present = readable_names(conn, asked), present_names(conn)
    conn.set_authorizer(authorizer(readable, present))
    end = time.monotonic() + task["seconds"]
    conn.set_progress_handler(lambda: time.monotonic() > end, STEPS)
    found = conn.execute(task["sql"])
    if found.description is None:
        raise sqlite3.ProgrammingError("not a query")
    columns = [name for name, *_ in found.description]
    if len(columns) > MOST_COLUMNS:
        raise sqlite3.ProgrammingError(f"more than {MOST_COLUMNS} columns")
    rows: list[list[object]] = []
    size, is_cut = 0, False
    for row in plain_rows(found):
        size += sum(len(value) if isinstance(value, str) else 8 for value in row)
        if len(rows) >= task["rows"] or size > task["bytes"]:
            is_cut = True
            break
        rows.append(row)
    return {"columns": columns, "rows": rows, "is_cut": is_cut}


def readable_names(conn: sqlite3.Connection, tables: Sequence[str]) -> frozenset[str]:
    """Return the tables and views that may be read, with what the views are made of.

    SQLite names the view through which something is read, but a part of a query (WITH) may have the
    name of a view: what a view reads must be known before. SQLite plans the view to tell it, which
    takes 0.3 seconds for the largest one: ask only for those that a query names.
    """
    found: set[str] = set()

    def note(action: int, first: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_READ and first:
            found.add(first.lower())
        return sqlite3.SQLITE_OK

    conn.set_authorizer(note)
    for name in tables:
        quoted = name.replace('"', '""')
        conn.execute(f'SELECT * FROM "{quoted}" LIMIT 0')
    conn.set_authorizer(None)
    return frozenset(found.union(each.lower() for each in tables))


def present_names(conn: sqlite3.Connection) -> frozenset[str]:
    """Return the names of everything in the file, and of tables that SQLite itself provides."""
    found = conn.execute("SELECT name FROM sqlite_master UNION SELECT name FROM pragma_module_list")
    return frozenset(name.lower() for (name,) in found)


def authorizer(readable: frozenset[str], present: frozenset[str]) -> Authorizer:
    """Return the function that SQLite asks what a query may do: read these tables.

    What is neither in the file nor SQLite's own is a part of the query.
    """

    def may_read(name: str) -> bool:
        own = name not in present and not name.startswith(("sqlite_", "pragma_"))
        return name in readable or own

    def decide(
        action: int, first: str | None, second: str | None, _: str | None, __: str | None
    ) -> int:
        is_allowed = (
            action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE)
            or (action == sqlite3.SQLITE_READ and may_read((first or "sqlite_").lower()))
            or (action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in FUNCTIONS)
        )
        return sqlite3.SQLITE_OK if is_allowed else sqlite3.SQLITE_DENY

    return decide


def plain_rows(found: sqlite3.Cursor) -> Iterator[list[object]]:
    """Yield rows of what JSON can write; bytes as SQLite writes them, by their first hundred."""
    for row in found:
        yield [_plain(value) for value in row]


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return f"x'{value[:100].hex()}'{'…' if len(value) > 100 else ''}"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


if __name__ == "__main__":
    main()
