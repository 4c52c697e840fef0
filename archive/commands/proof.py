"""gongkai proof: one number with all that proves it, as a folder."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.originals import open_originals
from gongkai.archive.store.database import reader
from gongkai.archive.terminal.console import command, echo, language, option
from gongkai.archive.terminal.report_record import find_report_id

NO_ITEM = ("-", "")
"""What is written for the item of tables with one row."""


@command(help="proof_help", short_help="proof_short")
@click.argument("report")
@click.argument("part")
@click.argument("item")
@click.argument("field")
@options.db
@options.snapshots
@option("-o", "--out", type=options.FILE, required=True, metavar="DIR", help="option_proof_out")
@option("--unsigned", is_flag=True, help="option_unsigned")
@options.as_json
def proof(
    report: str,
    part: str,
    item: str,
    field: str,
    db: Path,
    snapshots: Path,
    out: Path,
    unsigned: bool,
    as_json: bool,
) -> None:
    """Write the proof of a number: the page with the cell marked, its records, and how to check them."""
    from gongkai.archive.commands.shared.proof_folder import find_sheet, write_proof
    from gongkai.archive.commands.snapshots import SIGNING_KEY_NAME

    key = (part, "" if item in NO_ITEM else item, field)
    with reader(db) as conn, open_originals(snapshots) as kept:
        sheet = find_sheet(conn, find_report_id(conn, (report,)), key)
        names = write_proof(
            conn, kept, sheet, out, language(), None if unsigned else snapshots / SIGNING_KEY_NAME
        )
    if as_json:
        click.echo(json.dumps({"path": str(out), "files": names}, ensure_ascii=False))
    else:
        echo("proof_written", path=str(out), n=len(names))
