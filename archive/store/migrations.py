"""The tables of the public data contract, and those that only the build uses.

A migration names its columns itself and never changes once it is released. A later change of the
schema is a new function in `schema/`, and its name the last one here. Views are in
`gongkai.archive.store.views`: they are derived and replaced where they differ.
"""

from __future__ import annotations

import sqlite3

from gongkai.archive.store.schema.agency_tables import (
    agencies_by_site,
    duties,
    former_regions,
    forwards,
    lineage,
    names,
    site_parents,
    unknown_corrections,
)
from gongkai.archive.store.schema.check_tables import (
    families,
)
from gongkai.archive.store.schema.fetch_tables import (
    clocks,
    covered_bodies,
    imports,
    ledger,
    manifests,
    renderings,
    run_reasons,
    unit_pages,
    visits,
)
from gongkai.archive.store.schema.report_tables import (
    absences,
    change_marks,
    comparisons,
    numbers,
    places,
    provenance,
    publishers,
    recognised_places,
    reports,
    section_places,
    sentences,
    workings,
)
from gongkai.archive.store.schema.touch_log import (
    light_touches,
    touch_log,
)

MIGRATION_SET = "gongkai"
"""The name of our migrations in the table of those that were applied."""

_STEPS = (
    *(places, provenance, reports, numbers, workings, comparisons, absences, sentences),
    change_marks,
    run_reasons,
    duties,
    renderings,
    covered_bodies,
    imports,
    clocks,
    site_parents,
    manifests,
    agencies_by_site,
    forwards,
    lineage,
    former_regions,
    families,
    ledger,
    unknown_corrections,
    publishers,
    section_places,
    recognised_places,
    names,
    touch_log,
    light_touches,
    unit_pages,
    visits,
)
MIGRATIONS = tuple(step.__name__ for step in _STEPS)
"""The names of all migrations, in the order in which they are applied."""


def migrate(conn: sqlite3.Connection) -> None:
    """Apply the migrations that an archive lacks."""
    # late: it loads pandas where that is installed, and few commands meet an older archive
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

    migrations = Migrations(MIGRATION_SET)
    for step in _STEPS:
        migrations()(step)
    migrations.apply(Database(conn))
