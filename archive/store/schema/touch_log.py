"""The log of what is touched, from which a publication follows on the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gongkai.archive.store.schema.statements import run

if TYPE_CHECKING:
    from sqlite_utils import Database


def touch_log(db: Database) -> None:
    """Create the log of what is touched, which triggers fill, and the states that the archive reached.

    What a key stands for: the rows of one report in all its tables, those of one agency, or one row.
    A key is logged once after each state. Nothing is logged before the first, which stands for all.
    """
    of_report = """sections cell_notes checks requests review_litigation active_disclosure
        active_disclosure_2019 changes change_marks revisions copies absences twin_passages"""
    logged = [
        ("report", "reports", ("id",)),
        *(("report", table, ("report_id",)) for table in of_report.split()),
        ("agency", "agencies", ("id",)),
        ("agency", "duties", ("agency_id",)),
        ("agency", "agency_links", ("from_id", "to_id")),
        ("region", "regions", ("code",)),
        ("site", "sites", ("id",)),
        ("document", "documents", ("digest",)),
        ("snapshot", "snapshots", ("id",)),
        ("snapshot", "imports", ("snapshot",)),
        ("snapshot", "covered", ("snapshot",)),
        ("run", "runs", ("id",)),
        ("manifest", "manifests", ("number",)),
        ("forward", "forwards", ("old_id",)),
        ("calendar", "due_calendar", ("day",)),
    ]
    run(
        db,
        "CREATE TABLE archive_states (seq INTEGER PRIMARY KEY, token TEXT NOT NULL)",
        # a number is never given again, whatever is deleted
        """CREATE TABLE touches (
             seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL,
             UNIQUE (kind, key))""",
        *(
            f"""CREATE TRIGGER {table}_touched_by_{event} AFTER {event} ON {table}
                WHEN EXISTS (SELECT 1 FROM archive_states)
                BEGIN {_touches(kind, columns, versions)} END"""
            for kind, table, columns in logged
            for event, versions in (("insert", "n"), ("delete", "o"), ("update", "on"))
        ),
    )


def light_touches(db: Database) -> None:
    """Log a report that was only seen again as `seen`, and an agency only where its row differs.

    Every night sees most reports again, and nothing is to be counted anew because of that. The list of
    changes tells when a report that is gone was seen last.
    """
    agency = "id name region_code level kind sector lineage_id"
    report = """id agency_id year form title published_on url digest status first_seen checks_failed
        covers covers_sentence"""
    seen = {
        "reports": ("id", report),
        "revisions": ("report_id", "report_id digest url first_seen current"),
        "copies": ("report_id", "report_id digest url role first_seen"),
    }
    run(db, *(f"DROP TRIGGER {table}_touched_by_update" for table in ("agencies", *seen)))
    run(db, _on_update("agencies_touched_by_update", "agency", "agencies", "id", _differs(agency)))
    for table, (key, columns) in seen.items():
        differs = _differs(columns)
        if table == "reports":
            differs = f"({differs} OR new.status = 'removed')"
        full, light = f"{table}_touched_by_update", f"{table}_seen_by_update"
        run(
            db,
            _on_update(full, "report", table, key, differs),
            _on_update(light, "seen", table, key, f"NOT {differs}"),
        )


def _differs(columns: str) -> str:
    """Return SQL for a row that an update gave another value in one of some columns."""
    old, new = (", ".join(f"{row}.{name}" for name in columns.split()) for row in ("old", "new"))
    return f"({old}) IS NOT ({new})"


def _on_update(name: str, kind: str, table: str, key: str, condition: str) -> str:
    """Return a trigger that logs updated rows under a condition."""
    return f"""CREATE TRIGGER {name} AFTER UPDATE ON {table}
               WHEN EXISTS (SELECT 1 FROM archive_states) AND {condition}
               BEGIN {_touches(kind, (key,), "on")} END"""


def _touches(kind: str, columns: tuple[str, ...], versions: str) -> str:
    """Return the body of a trigger: statements that meet no conflict, whatever fires them."""
    names = {"o": "old", "n": "new"}
    keys = [f"CAST({names[each]}.{column} AS TEXT)" for each in versions for column in columns]
    return " ".join(
        f"""DELETE FROM touches WHERE kind = '{kind}' AND key = {key}
              AND seq <= (SELECT max(seq) FROM archive_states);
            INSERT INTO touches (kind, key) SELECT '{kind}', {key} WHERE {key} IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM touches WHERE kind = '{kind}' AND key = {key});"""
        for key in keys
    )
