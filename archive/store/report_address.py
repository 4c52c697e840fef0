"""The report that stood at an address."""

from __future__ import annotations

import sqlite3

from gongkai.pasted_address import address_forms, is_address, variants

_FOUND = """
SELECT v.report_id FROM snapshots s JOIN {table} v ON v.digest = s.digest AND v.url = s.url
WHERE s.url IN ({places}) ORDER BY v.last_seen DESC, v.report_id LIMIT 1
"""


def report_at(conn: sqlite3.Connection, given: str) -> str | None:
    """Return the id of the report at a pasted address: its page, its file or a copy.

    None for a text that is no address, and where no report was found at it.
    """
    if not is_address(given):
        return None
    for form in address_forms(given):
        addresses = variants(form)
        places = ", ".join("?" * len(addresses))
        for table in ("revisions", "copies"):
            query = _FOUND.format(table=table, places=places)
            if found := conn.execute(query, addresses).fetchone():
                return str(found[0])
    return None
