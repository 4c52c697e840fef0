"""gongkai build: new originals into the archive."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.cluster import working
from gongkai.archive.commands.shared.due_day import due_day
from gongkai.archive.commands.shared.originals import open_originals
from gongkai.archive.lineage.corrections import Correction
from gongkai.archive.pipeline import builder
from gongkai.archive.progress import progress_in
from gongkai.archive.terminal.console import command, echo, echo_next, language, option
from gongkai.archive.terminal.night_summary import build_summary, region_advice
from gongkai.crawler.sites.registry import RegistryFiles
from gongkai.errors import NEEDS_A_PERSON
from gongkai.extract.model.report import SecondReading


@command(help="build_help", short_help="build_short")
@options.db
@options.snapshots
@options.registry
@options.settings
@option("--rebuild", is_flag=True, help="option_rebuild")
@option(
    "--second-reading",
    type=click.Choice(get_args(SecondReading)),
    default="doubted",
    help="option_second_reading",
)
@options.corrections
@options.dask
@options.unisolated_libreoffice
@options.as_json
def build(
    db: Path,
    snapshots: Path,
    registry: RegistryFiles,
    settings: Mapping[str, str],
    rebuild: bool,
    second_reading: SecondReading,
    corrections: tuple[Correction, ...],
    dask: str | None,
    as_json: bool,
) -> None:
    """Read new originals and load them into the archive.

    A build that was stopped goes on where it was; one without new originals changes nothing.
    """
    with open_originals(snapshots) as kept, working(dask) as hands:
        job = builder.BuildJob(
            kept,
            registry.load(),
            progress=progress_in(language()),
            read=hands.read,
            read_prose=hands.read_prose,
            today=due_day(settings),
            second_reading=second_reading,
            corrections=corrections,
        )
        built = builder.rebuild(db, job) if rebuild else builder.build(db, job)
        built.doubts += kept.doubts()
    if as_json:
        click.echo(json.dumps(built.data(language()), ensure_ascii=False))
    else:
        echo(build_summary(built))
        if advice := region_advice(built):
            echo(advice)
    for unknown in built.unknown_corrections:
        echo("lineage_line_unknown", err=True, line=unknown.line)
    for doubt in built.doubts:
        echo(doubt, err=True)
    for lost in built.lost:
        echo("original_lost", err=True, original=lost)
    for postponed in built.postponed:
        echo(postponed, err=True)
    for url in built.unattributed:
        echo("report_unattributed", err=True, url=url)
    if not as_json:
        echo_next("next_serve")
    sys.exit(NEEDS_A_PERSON if built.lost or built.postponed or built.doubts else 0)
