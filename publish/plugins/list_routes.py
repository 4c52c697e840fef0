"""/checks, /changes, /coverage: what was found, what was edited, who is missing or late."""

from pathlib import Path

from datasette import hookimpl

from gongkai.publish.http.csv_response import MOST, written
from gongkai.publish.pages.lists import changes_list as edits
from gongkai.publish.pages.lists import checks_list as findings
from gongkai.publish.pages.lists import coverage_list as covered
from gongkai.publish.pages.lists.listing import Asked
from gongkai.publish.pages.responses import ask, page, sheet, within
from gongkai.publish.site import DATABASE, site_of
from gongkai.publish.wording.codes import word
from gongkai.publish.wording.dictionary import tables
from gongkai.publish.wording.rules import RULES
from gongkai.publish.wording.template_names import translator, web


@hookimpl
def register_routes():
    """Answer for the lists, and for the same lists as tables."""
    return [
        (r"^/checks$", checks),
        (r"^/checks\.csv$", checks_sheet),
        (r"^/changes$", changes),
        (r"^/changes\.csv$", changes_sheet),
        (r"^/coverage$", coverage),
        (r"^/coverage\.csv$", coverage_sheet),
    ]


def path_of(datasette):
    """Return the served file."""
    return Path(datasette.get_database(DATABASE).path)


async def checks(request, datasette):
    """Show the failed checks."""
    asked, reviews = Asked.of(request.args, findings.FACETS), site_of(datasette).reviews
    path = path_of(datasette)
    found = await ask(datasette, lambda conn: findings.page(conn, path, asked, reviews))
    within(datasette, asked.page, found.pages)
    context = {"list": found, "rules": RULES.values()}
    return await page(datasette, request, "checks.html", context)


async def checks_sheet(request, datasette):
    """Send the failed checks as a table."""
    return await _sheet(datasette, request, findings, findings.rows, "gongkai-checks")


async def changes(request, datasette):
    """Show what was edited or taken down."""
    asked, path = Asked.of(request.args, edits.FACETS), path_of(datasette)
    found = await ask(datasette, lambda conn: edits.page(conn, path, asked))
    within(datasette, asked.page, found.pages)
    return await page(datasette, request, "changes.html", {"list": found})


async def changes_sheet(request, datasette):
    """Send what was edited, cell by cell and sentence by sentence, as a table."""
    return await _sheet(datasette, request, edits, edits.changed, "gongkai-changes")


async def coverage(request, datasette):
    """Show who is missing or late."""
    asked, path = Asked.of(request.args, covered.FACETS), path_of(datasette)
    found = await ask(datasette, lambda conn: covered.page(conn, path, asked))
    within(datasette, asked.page, found.pages)
    return await page(datasette, request, "coverage.html", {"list": found})


async def coverage_sheet(request, datasette):
    """Send the same as a table."""
    return await _sheet(datasette, request, covered, covered.rows, "gongkai-coverage")


async def _sheet(datasette, request, of, rows, name):
    """Send the rows of a list as it was asked for; `of` has its FACETS and the columns of its SHEET."""
    asked = Asked.of(request.args, of.FACETS)
    found = await ask(datasette, lambda conn: rows(conn, asked, MOST))
    return sheet(written(_lines(found, of.SHEET, site_of(datasette).lang)), name)


def _lines(rows, columns, lang):
    """Yield the header in words and the rows, codes in words."""
    labels = {
        name: entry.title(lang)
        for table in ("coverage", "report_summary", "checks", "changes")
        for name, entry in tables()[table].fields.items()
    }
    labels["event"] = translator(lang)("facet_event")
    yield [labels[name] for name in columns]
    for row in rows:
        yield [web(row[name]) if name == "url" else word(name, row[name], lang) for name in columns]
