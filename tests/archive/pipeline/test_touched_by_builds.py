"""What a build logs as touched: what is new, and nothing besides."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from tests.archive.folder import Folder, report_page

_SINCE = "(SELECT max(seq) FROM archive_states WHERE seq < (SELECT max(seq) FROM archive_states))"


def kinds(folder: Folder) -> Counter[str]:
    """Return what the last build touched, but for itself."""
    with closing(sqlite3.connect(folder.db)) as conn:
        found = conn.execute(
            f"SELECT t.kind FROM touches t LEFT JOIN runs r ON t.kind = 'run' AND r.id = t.key"
            f" WHERE t.seq > {_SINCE} AND r.kind IS NOT 'build'"
        )
        return Counter(kind for (kind,) in found)


def test_a_build_touches_what_is_new(tmp_path: Path) -> None:
    """A report that was only seen again counts as such, and its agency not at all."""
    with Folder(tmp_path) as folder:
        for number, agency in enumerate(("平罗县教育局", "平罗县民政局", "平罗县审计局")):
            folder.fetch(f"2025-02-01T02:0{number}:00Z", f"/{number}.html", report_page(agency))
        folder.build()
        folder.fetch("2025-02-02T02:00:00Z", "/0.html", status=304)
        folder.build()
        assert kinds(folder).keys() <= {"seen", "snapshot", "document"}
        assert kinds(folder)["seen"] == 1
        folder.fetch("2025-02-03T02:00:00Z", "/0.html", report_page("平罗县教育局", new__total="7"))
        folder.build()
        assert (kinds(folder)["report"], kinds(folder)["seen"]) == (1, 0)
        folder.fetch("2025-02-04T02:00:00Z", "/3.html", report_page("平罗县司法局"))
        folder.build()
        assert (kinds(folder)["report"], kinds(folder)["agency"]) == (1, 1)
