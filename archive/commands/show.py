"""gongkai show: one report."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.store.database import reader
from gongkai.archive.terminal.console import command, language
from gongkai.archive.terminal.report_record import find_report_id, report_record
from gongkai.archive.terminal.report_view import render_report


@command(help="show_help", short_help="show_short")
@click.argument("report", nargs=-1, required=True)
@options.db
@options.unused_snapshots
@options.as_json
def show(report: tuple[str, ...], db: Path, as_json: bool) -> None:
    """Print one report, named by its id, a part of it, or its agency and year."""
    with reader(db) as conn:
        found = report_record(conn, find_report_id(conn, report))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        click.echo(render_report(found, language()))
