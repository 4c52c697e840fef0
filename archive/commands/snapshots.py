"""gongkai snapshots: the folder of originals verified and indexed."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.clock_review import (
    MARKED,
    clock_data,
    clock_lines,
    mark_run,
    suspect_runs,
    unmark_run,
)
from gongkai.archive.commands.shared.known_heads import known_heads
from gongkai.archive.commands.shared.originals import open_originals
from gongkai.archive.commands.shared.timestamping import (
    check_timestamps,
    have_stamped,
    stamping_data,
    stamping_lines,
)
from gongkai.archive.commands.shared.wacz_export import (
    Selection,
    Signing,
    export_wacz,
    print_verified_packages,
    wacz_data,
)
from gongkai.archive.errors import ArchiveError
from gongkai.archive.progress import bar_in
from gongkai.archive.terminal.console import echo, group, language, option, render, render_stored
from gongkai.crawler.sites.registry import RegistryFiles
from gongkai.errors import NEEDS_A_PERSON

if TYPE_CHECKING:
    from gongkai.crawler.evidence.folder_check import FolderResult

SIGNING_KEY_NAME = "signing-key.pem"
"""The key in the folder of originals that signs packages where no other is named."""


@group(help="snapshots_help", short_help="snapshots_short")
def snapshots() -> None:
    """Work on the folder of originals: WARC files, and indexes derived from them."""


@snapshots.command(help="snapshots_verify_help", short_help="snapshots_verify_short")
@click.argument("packages", metavar="[FILE.wacz]...", nargs=-1, type=options.FILE)
@options.snapshots
@options.as_json
@option("--since", metavar="RUN", default="", help="option_verify_since")
@option("--head", "heads", metavar="DIGEST", multiple=True, help="option_verify_head")
@option(
    "--against",
    metavar="ARCHIVE",
    multiple=True,
    type=options.FILE,
    help="option_verify_against",
)
@options.tsa_root
def verify(
    packages: tuple[Path, ...],
    snapshots: Path,
    as_json: bool,
    since: str,
    heads: tuple[str, ...],
    against: tuple[Path, ...],
    tsa_roots: tuple[Path, ...],
) -> None:
    """Read every record of every file and compare it with the index and the manifests.

    With packages, these are verified and not the folder. Ends with 1 where something does not match.
    """
    from gongkai.crawler.evidence.folder_check import verify_folder
    from gongkai.crawler.evidence.stamp_roots import read_roots
    from gongkai.crawler.merging.merge_files import finish_left_merges

    roots, known = read_roots(tsa_roots), known_heads(heads, against)
    if packages:
        is_whole = print_verified_packages(packages, roots, as_json)
        sys.exit(0 if is_whole else NEEDS_A_PERSON)
    with open_originals(snapshots) as kept:
        finish_left_merges(kept)
        done = verify_folder(kept, since, roots, known, bar_in(language()))
    wrong = [render_stored(problem) for problem in done.wrong]
    if as_json:
        data = {**done.read.data(), **done.data(), "wrong": wrong}
        click.echo(json.dumps(data, ensure_ascii=False))
    else:
        _print_verified(done, wrong)
    sys.exit(NEEDS_A_PERSON if wrong else 0)


def _print_verified(done: FolderResult, wrong: Sequence[str]) -> None:
    """Print what was read, and what is wrong on standard error."""
    counts = (
        render("files_counted", n=done.read.files),
        render("records_counted", n=done.read.records),
        render("copies_counted", n=done.read.copies),
        f"{done.read.bytes / 1e6:.1f} MB",
        render("manifests_counted", n=done.manifests),
    )
    click.echo(" · ".join(counts))
    for name in done.read.growing:
        echo("file_growing", name=name)
    if done.uncovered:
        echo("files_uncovered", n=len(done.uncovered), file=done.uncovered[0])
    stamps = done.stamps
    if stamps.proved:
        if stamps.first == 1:
            echo("stamps_proved", n=stamps.proved, number=stamps.last, time=stamps.time)
        else:
            first, last = stamps.first, stamps.last
            echo("stamps_proved_from", n=stamps.proved, first=first, last=last, time=stamps.time)
    if stamps.unpinned:
        echo("stamps_unpinned", n=stamps.unpinned)
    if wrong:
        echo("mismatches_counted", n=len(wrong))
    else:
        echo("records_verified")
    for problem in wrong:
        click.echo(problem, err=True)


@snapshots.command(help="snapshots_timestamp_help", short_help="snapshots_timestamp_short")
@options.snapshots
@options.timestamp
@options.as_json
def timestamp(snapshots: Path, authorities: tuple[str, ...], as_json: bool) -> None:
    """Have the manifests that lack a timestamp stamped by the authorities.

    Ends with 1 where one gave none.
    """
    from gongkai.crawler.evidence.closing import cover_leftovers

    if not authorities:
        raise ArchiveError("authorities_missing")
    check_timestamps(authorities)
    with open_originals(snapshots) as kept:
        cover_leftovers(kept, bar_in(language()))
    done = have_stamped(snapshots, authorities)
    if as_json:
        click.echo(json.dumps(stamping_data(done), ensure_ascii=False))
    else:
        for line in stamping_lines(done):
            click.echo(line)
        for problem in done.failed:
            click.echo(render(problem), err=True)
    sys.exit(NEEDS_A_PERSON if done.failed else 0)


@snapshots.command(help="snapshots_merge_help", short_help="snapshots_merge_short")
@options.snapshots
@option("--site", metavar="SITE", default="", help="option_merge_site")
@options.as_json
def merge(snapshots: Path, site: str, as_json: bool) -> None:
    """Join the WARC files of each portal and month that is over into one."""
    from gongkai.crawler.evidence.closing import cover_leftovers
    from gongkai.crawler.merging.merge_files import merge_months

    with open_originals(snapshots) as kept:
        cover_leftovers(kept, bar_in(language()))
        done = merge_months(kept, site, begin=bar_in(language()))
    if as_json:
        click.echo(json.dumps(vars(done)))
    else:
        echo("files_merged", n=done.before, after=done.after)
    if done.changed:
        echo("files_not_merged", err=True, n=done.changed)
    sys.exit(NEEDS_A_PERSON if done.changed else 0)


@snapshots.command(help="snapshots_export_help", short_help="snapshots_export_short")
@options.db
@options.snapshots
@options.registry
@option("--site", metavar="SITE", default="", help="option_export_site")
@option("--report", metavar="ID", default="", help="option_export_report")
@option("--run", metavar="RUN", default="", help="option_export_run")
@option("--wacz", is_flag=True, expose_value=False, help="option_wacz")
@option("-o", "--out", type=options.FILE, default=None, metavar="FILE", help="option_export_out")
@option(
    "--signing-key",
    type=options.FILE,
    default=None,
    envvar="GONGKAI_SIGNING_KEY",
    metavar="FILE",
    help="option_signing_key",
)
@option(
    "--signing-certificate",
    type=options.FILE,
    default=None,
    envvar="GONGKAI_SIGNING_CERTIFICATE",
    metavar="FILE",
    help="option_signing_certificate",
)
@option("--unsigned", is_flag=True, help="option_unsigned")
@options.timestamp
@options.as_json
def export(
    db: Path,
    snapshots: Path,
    registry: RegistryFiles,
    site: str,
    report: str,
    run: str,
    out: Path | None,
    signing_key: Path | None,
    signing_certificate: Path | None,
    unsigned: bool,
    authorities: tuple[str, ...],
    as_json: bool,
) -> None:
    """Write the copies of a portal, a report or a run as a signed WACZ file."""
    selection = Selection(site, report, run)
    check_timestamps(authorities)
    with open_originals(snapshots) as kept:
        key = signing_key or snapshots / SIGNING_KEY_NAME
        signing = Signing(key, signing_certificate, next(iter(authorities), ""))
        target = out or Path(f"{selection.name}.wacz")
        done = export_wacz(
            kept, db, registry.load(), selection, target, None if unsigned else signing
        )
    if done.unstamped:
        echo("timestamp_failed_once", err=True, why=done.unstamped)
    if as_json:
        click.echo(json.dumps(wacz_data(done), ensure_ascii=False))
    else:
        size = f"{done.bytes / 1e6:.1f} MB"
        echo("wacz_written", path=str(done.path), n=done.records, pages=done.pages, size=size)


@snapshots.command(help="snapshots_clock_help", short_help="snapshots_clock_short")
@options.snapshots
@option("--mark", metavar="RUN", default="", help="option_clock_mark")
@option("--remark", metavar="TEXT", default="", help="option_clock_remark")
@option("--unmark", metavar="RUN", default="", help="option_clock_unmark")
@options.as_json
def clock(snapshots: Path, mark: str, remark: str, unmark: str, as_json: bool) -> None:
    """List the runs whose clock looks wrong, or mark one; the originals stay as they are.

    Ends with 1 where runs look wrong that are not marked.
    """
    if (mark and unmark) or (remark and not mark):
        raise click.UsageError(render("clock_mark_or_unmark"))
    with open_originals(snapshots) as kept:
        if mark or unmark:
            done = mark_run(kept, mark, remark) if mark else unmark_run(kept, unmark)
            echo("clock_marked" if mark else "clock_unmarked", err=as_json, run=done)
        suspects = suspect_runs(kept)
    if as_json:
        click.echo(json.dumps(clock_data(suspects), ensure_ascii=False))
    elif not (mark or unmark):
        click.echo("\n".join(clock_lines(suspects)))
    looks_wrong = any(each.clock != MARKED for each in suspects)
    sys.exit(NEEDS_A_PERSON if looks_wrong and not (mark or unmark) else 0)


@snapshots.command(help="snapshots_reindex_help", short_help="snapshots_reindex_short")
@options.snapshots
def reindex(snapshots: Path) -> None:
    """Derive the index again from the WARC files alone."""
    with open_originals(snapshots) as kept:
        kept.reindex(bar_in(language()))
        count = sum(1 for _ in kept.all())
        doubts = kept.doubts()
    echo("copies_counted", n=count)
    for doubt in doubts:
        echo(doubt, err=True)
    sys.exit(NEEDS_A_PERSON if doubts else 0)


@snapshots.command(help="snapshots_accept_help", short_help="snapshots_accept_short")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@options.snapshots
def accept(files: tuple[str, ...], snapshots: Path) -> None:
    """Believe files that somebody put into the folder: they get a manifest, and are read."""
    from gongkai.crawler.evidence.closing import accept_files

    with open_originals(snapshots) as kept:
        names = [name.removeprefix(f"{snapshots}/") for name in files]
        manifests = accept_files(kept, names)
        kept.refresh()
    for manifest in manifests:
        echo("files_accepted", n=len(manifest.files), number=manifest.number)


@snapshots.command(help="snapshots_cdxj_help", short_help="snapshots_cdxj_short")
@options.snapshots
def cdxj(snapshots: Path) -> None:
    """Write a CDXJ file for each WARC file that has none yet, in the folder cdxj/."""
    from gongkai.crawler.warc.cdxj import write_missing

    with open_originals(snapshots) as kept:
        written = write_missing(kept.folder)
    echo("indexes_written", n=len(written), folder=str(snapshots / "cdxj"))
