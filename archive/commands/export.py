"""gongkai export"""

from __future__ import annotations

from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.progress import shown
from gongkai.archive.store import csv_export
from gongkai.archive.store.database import reader


@click.command(short_help="导出 write every table and view as CSV")
@options.db
@options.snapshots
@click.option(
    "--out",
    type=options.FILE,
    default=Path("export"),
    show_default=True,
    help="目录 the folder to write to.",
)
def export(db: Path, snapshots: Path, out: Path) -> None:
    """导出全部表格和视图为 CSV（UTF-8，Excel 可直接打开）。

    Write every table and view as CSV: UTF-8 with a byte order mark, so that Excel opens it.
    """
    del snapshots  # every command takes it; tables stand in the archive
    with reader(db) as conn:
        written = csv_export.export_tables(conn, out, shown())
    click.echo(f"{len(written)} 个文件 files → {out}")
