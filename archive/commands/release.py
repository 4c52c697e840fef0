"""gongkai release: a numbered publication that never changes, or its folder for deposit."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.errors import ArchiveError
from gongkai.archive.progress import progress_in
from gongkai.archive.releases import release_folder
from gongkai.archive.releases.deposit import write_deposit
from gongkai.archive.releases.release_folder import Release
from gongkai.archive.releases.release_maker import ReleaseJob, make_release, opened_folder
from gongkai.archive.releases.release_number import ReleaseNumber
from gongkai.archive.terminal.console import command, echo, echo_next, language, option, render
from gongkai.messages import message

_DOI = re.compile(release_folder.DOI)
_MAIL = re.compile(r"[^\s@<>\"]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z0-9-]{2,63}")
_BASE = re.compile(rf"{release_folder.BASE_URL}/?")


def _number(
    _context: click.Context, _option: click.Parameter, given: str | None
) -> ReleaseNumber | None:
    try:
        return ReleaseNumber.parse(given) if given else None
    except ValueError:
        raise click.BadParameter(render("release_number_invalid", given=given or "")) from None


def _day(_context: click.Context, _option: click.Parameter, given: str) -> str:
    try:
        return date.fromisoformat(given).isoformat() if given else ""
    except ValueError:
        raise click.BadParameter(render("release_date_invalid", given=given)) from None


def _shaped(pattern: re.Pattern[str], key: str, given: str) -> str:
    if given and not pattern.fullmatch(given):
        raise click.BadParameter(render(key, given=given))
    return given


@command(help="release_help", short_help="release_short")
@click.argument("folder", metavar="DIR", type=options.FILE)
@options.unused_db
@options.unused_snapshots
@option(
    "--to", "releases", metavar="DIR", type=options.FILE, default=None, help="option_releases_to"
)
@option("--number", metavar="YYYY.N", default=None, callback=_number, help="option_release_number")
@option(
    "--date", "day", metavar="YYYY-MM-DD", default="", callback=_day, help="option_release_date"
)
@option("--doi", metavar="DOI", default="", help="option_doi",
        callback=lambda _c, _o, given: _shaped(_DOI, "release_doi_invalid", given))  # fmt: skip
@option("--base-url", metavar="URL", envvar="GONGKAI_BASE_URL", default="", help="option_release_base_url",
        callback=lambda _c, _o, given: _shaped(_BASE, "release_base_invalid", given).rstrip("/"))  # fmt: skip
@option("--deposit", metavar="DIR", type=options.FILE, default=None, help="option_deposit")
@option("--contact", metavar="MAIL", default="", help="option_deposit_contact",
        callback=lambda _c, _o, given: _shaped(_MAIL, "release_contact_invalid", given))  # fmt: skip
@options.as_json
def release(
    folder: Path,
    releases: Path | None,
    number: ReleaseNumber | None,
    day: str,
    doi: str,
    base_url: str,
    deposit: Path | None,
    contact: str,
    as_json: bool,
) -> None:
    """Make a numbered release of the current publication, or the folder for deposit of one."""
    target = releases or folder / release_folder.DEFAULT
    if deposit is not None:
        _deposit(target, number, deposit, contact, as_json)
        return
    job = ReleaseJob(folder, target, number, day, doi, base_url, progress_in(language()))
    made = make_release(job)
    if as_json:
        click.echo(json.dumps({"path": str(made.path), **made.data()}, ensure_ascii=False))
        return
    echo(
        "release_made",
        number=str(made.number),
        date=made.date,
        reports=message("reports_counted", n=made.rows.get("reports", 0)),
        path=str(made.path),
    )
    if made.previous:
        echo(
            "release_changed",
            previous=made.previous,
            reports=message("reports_counted", n=int(made.changes["changed_reports"])),
        )
    echo_next("next_deposit", path=str(folder))


def _deposit(
    releases: Path, number: ReleaseNumber | None, target: Path, contact: str, as_json: bool
) -> None:
    """Write the folder for deposit of a release: the given one, or the latest.

    Raises:
        ArchiveError: There is no such release, or it is damaged.
    """
    if not releases.is_dir():
        raise ArchiveError("release_none", path=str(releases))
    with opened_folder(releases) as known:
        found = _find(known, number)
        if found is None:
            raise ArchiveError("release_none", path=str(releases / str(number or "")))
        packed = write_deposit(found, target, contact, progress_in(language()))
    if as_json:
        told = {"path": str(target), "zip": str(packed), "number": str(found.number)}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    size = f"{packed.stat().st_size / 1e6:.1f} MB"
    echo("deposit_made", number=str(found.number), path=str(target), size=size)


def _find(known: list[Release], number: ReleaseNumber | None) -> Release | None:
    wanted = [each for each in known if number in (None, each.number)]
    return wanted[-1] if wanted else None
