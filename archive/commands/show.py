"""gongkai show"""

from __future__ import annotations

import json
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.store.database import reader
from gongkai.archive.terminal import report_view as page
from gongkai.archive.terminal.report_record import find_report_id, report_record


@click.command(short_help="查看 print one report")
@click.argument("report", nargs=-1, required=True)
@options.db
@options.snapshots
@options.as_json
def show(report: tuple[str, ...], db: Path, snapshots: Path, as_json: bool) -> None:
    """查看一份报告：编号、编号的一部分，或机关名称加年度。

    Print one report, named by its id, a part of it, or its agency and year:

        gongkai show 平罗县工业和信息化局 2024
    """
    del snapshots  # every command takes it; what is shown stands in the archive
    with reader(db) as conn:
        found = report_record(conn, find_report_id(conn, report))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        click.echo(page.render(found))
