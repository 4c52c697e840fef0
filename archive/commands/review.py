"""gongkai review: what people conclude about failed checks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.store import reviews
from gongkai.archive.store.database import reader
from gongkai.archive.store.reviews import VERDICTS, ReviewChange, ReviewRecord, reviews_file
from gongkai.archive.terminal.console import command, language, option, render
from gongkai.archive.terminal.report_view import check_lines
from gongkai.archive.terminal.text_width import strip_control_characters
from gongkai.clock import utc_stamp


def _known_verdict(
    _context: click.Context, _option: click.Parameter, given: str | None
) -> str | None:
    if given is not None and given not in VERDICTS:
        raise click.BadParameter(render("verdict_unknown", given=given, known=", ".join(VERDICTS)))
    return given


@command(help="review_help", short_help="review_short")
@click.argument("check", required=False)
@options.db
@options.unused_snapshots
@option("--verdict", metavar="VERDICT", callback=_known_verdict, help="option_verdict")
@option("--comment", metavar="TEXT", help="option_comment")
@option("--by", metavar="NAME", envvar=["GONGKAI_REVIEWER", "USER"], default="", help="option_by")
@option("--public/--private", default=None, help="option_public")
@option("--list", "as_list", is_flag=True, help="option_list")
@options.as_json
def review(
    check: str | None,
    db: Path,
    verdict: str | None,
    comment: str | None,
    by: str,
    public: bool | None,
    as_list: bool,
    as_json: bool,
) -> None:
    """Review a failed check, or list all reviews.

    CHECK is the id of a check, or its beginning. Reviews are kept in reviews.db beside the
    archive, which no build touches; the site shows those that are public.
    """
    check = check.strip("='\"") if check else check  # as a spreadsheet quotes it
    change = ReviewChange(verdict, comment, public)
    if as_list == bool(check) or (as_list and not change.is_empty):
        raise click.UsageError(render("review_check_or_list"))
    path = reviews_file(db)
    with reader(db) as conn:
        if as_list:
            found = reviews.list_reviews(conn, path)
        elif change.is_empty:
            found = [reviews.find_review(conn, path, check or "")]
        else:
            now = utc_stamp()
            found = [reviews.save_review(conn, path, check or "", change, by, now)]
    if as_json:
        click.echo(json.dumps(found if as_list else found[0], ensure_ascii=False, indent=1))
    else:
        click.echo(strip_control_characters("\n".join(_lines(found, as_list))))


_VERDICT_TEXTS = {
    "confirmed": "verdict_confirmed",
    "rejected": "verdict_rejected",
    "source": "verdict_source",
    "extraction": "verdict_extraction",
    "unsure": "verdict_unsure",
}


def _lines(found: list[ReviewRecord], with_total: bool) -> Iterator[str]:
    for each in found:
        facts = [
            _verdict_text(each["verdict"]),
            render("review_is_public" if each["public"] else "review_is_private"),
            *([each["by"]] if each["by"] else []),
            each["at"],
        ]
        yield f"{each['check_id']}  {' · '.join(facts)}"
        if each["comment"]:
            yield f"  {each['comment']}"
        if check := each["check"]:
            yield f"  {check['title']}  {check['report_id']}"
            yield from (f"  {line}" for line in check_lines(check, language()))
        else:
            yield f"  {render('review_of_missing_check')}"
        if with_total:
            yield ""
    if with_total:
        gone = sum(each["check"] is None for each in found)
        yield render("reviews_total", n=len(found), gone=gone)


def _verdict_text(verdict: str) -> str:
    """Return a verdict as people read it, with the word that --verdict takes."""
    key = _VERDICT_TEXTS.get(verdict)
    return f"{render(key)} ({verdict})" if key else verdict
