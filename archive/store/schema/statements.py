"""Running the statements of a migration."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def run(db: Database, *statements: str) -> None:
    """Run statements one after the other."""
    for statement in statements:
        db.execute(statement)


def integers(columns: str) -> str:
    """Return the definitions of columns with whole numbers, whose names stand in one text."""
    return ", ".join(f"{column} INTEGER" for column in columns.split())
