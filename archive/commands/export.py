"""gongkai export: every table and view as CSV."""

from __future__ import annotations

from pathlib import Path

from gongkai.archive.commands.shared import options
from gongkai.archive.progress import progress_in
from gongkai.archive.store.csv_export import export_tables
from gongkai.archive.store.database import reader
from gongkai.archive.terminal.console import command, echo, language, option


@command(help="export_help", short_help="export_short")
@options.db
@options.unused_snapshots
@option(
    "--out", type=options.FILE, default=Path("export"), show_default=True, help="option_out_folder"
)
def export(db: Path, out: Path) -> None:
    """Write every table and view as CSV: UTF-8 with a byte order mark, so that Excel opens it."""
    with reader(db) as conn:
        written = export_tables(conn, out, progress_in(language()))
    echo("files_exported", n=len(written), folder=str(out))
