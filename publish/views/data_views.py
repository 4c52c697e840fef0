"""/data, /data/dictionary, /download/<file> and /archive/<table>.csv: the data and what it means."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from functools import partial

from datasette.utils.asgi import NotFound

from gongkai.archive.publication.licence import DATA_LICENCE
from gongkai.archive.releases.dataset_records import release_address
from gongkai.archive.releases.release_folder import Release
from gongkai.publish.datasette_types import Datasette, Request, Response
from gongkai.publish.http.csv_stream import CsvFile
from gongkai.publish.http.query_args import BadValue, positive_int
from gongkai.publish.http.table_args import check_table_args
from gongkai.publish.http.table_select import table_select
from gongkai.publish.interface.known_parameters import check_table_names
from gongkai.publish.pages.data.api_examples import EXAMPLES
from gongkai.publish.pages.data.download_list import list_tables, list_whole_files, list_years
from gongkai.publish.pages.data.release_list import shown_data
from gongkai.publish.pages.data.table_words import key_lines, word_lines
from gongkai.publish.pages.data.whole_tables import PARQUET, PLAIN, has_years_alone, stored_parts
from gongkai.publish.site import DATABASE, public_address, site_of
from gongkai.publish.views.responses import (
    file_answer,
    json_response,
    query_archive,
    render_page,
    stream_csv,
)
from gongkai.publish.views.table_filters import table_conditions
from gongkai.publish.wording.dictionary import tables
from gongkai.publish.wording.measures import MEASURES
from gongkai.publish.wording.translation import translator_of

SUMMARY = "report_summary"
"""The table of the example for analysts."""


async def data(request: Request, datasette: Datasette) -> Response:
    """Return the page of downloads, measures, citation and examples of the API.

    Raises:
        BadValue: There are no files of the year that is asked for.
    """
    last_seen = await query_archive(
        datasette, lambda conn: conn.execute("SELECT max(last_seen) FROM reports").fetchone()[0]
    )
    head = await query_archive(
        datasette,
        lambda conn: conn.execute(
            "SELECT number, digest, created FROM manifests ORDER BY number DESC LIMIT 1"
        ).fetchone(),
    )
    folder = site_of(datasette).downloads
    years = list_years(folder)
    year = positive_int(request.args, "year")
    if year and year not in years:
        raise BadValue(str(year))
    shown = shown_data(site_of(datasette))
    context = {
        "whole_files": list_whole_files(folder),
        "table_files": list_tables(folder, tables(), year),
        "years": years,
        "chosen_year": year,
        "has_typed": folder is not None and bool(stored_parts(folder, PARQUET, SUMMARY)),
        "typed_address": public_address(datasette, f"/download/{PARQUET}/{SUMMARY}.parquet"),
        "chain_head": head,
        "measures": MEASURES.values(),
        "examples": EXAMPLES,
        "origin": site_of(datasette).base_url,
        "newest": last_seen,
        "shown": shown,
        "release_address": _release_page(datasette, shown.release) if shown.release else "",
        "licence": DATA_LICENCE,
        "has_sql": site_of(datasette).queries is not None,
    }
    return await render_page(datasette, request, "data.html", context)


def _release_page(datasette: Datasette, found: Release) -> str:
    """Return where a release is cited, "" where neither a DOI nor the base of the site is known."""
    own = public_address(datasette, f"/releases/{found.number}")
    return release_address(found) or (own if site_of(datasette).base_url else "")


async def dictionary(request: Request, datasette: Datasette) -> Response:
    """Return the data dictionary."""
    return await render_page(datasette, request, "dictionary.html", {})


async def download(request: Request, datasette: Datasette) -> Response:
    """Return a file: as it is stored, or made from those that are.

    Raises:
        NotFound: The file is not offered for download.
    """
    folder, name = site_of(datasette).downloads, request.url_vars["name"]
    if found := await file_answer(datasette, request, folder, name):
        return found
    if (files := _listed_parquet(datasette, name)) is not None:
        return json_response(files)
    key = "file_by_year" if has_years_alone(folder, name) else "no_file"
    raise NotFound(translator_of(datasette)(key))


def _listed_parquet(datasette: Datasette, name: str) -> list[dict[str, object]] | None:
    """Return the Parquet files of a table with their addresses, None for another name."""
    kind, _, table = name.removesuffix(".json").partition("/")
    folder = site_of(datasette).downloads
    if folder is None or kind != PARQUET or not name.endswith(".json"):
        return None
    files = stored_parts(folder, PARQUET, table)
    return [
        {
            "name": each.name,
            "url": public_address(datasette, f"/download/{each.name}"),
            "year": each.year,
            "rows": each.rows,
            "bytes": each.bytes,
            "sha256": each.sha256,
        }
        for each in files
    ] or None


async def table_csv(request: Request, datasette: Datasette) -> Response:
    """Return all rows of a table that an address asks for, as a file that is made while it is sent.

    By default it has the names of columns and the codes of the data contract, as other programs want
    them. With `_words=on` it is for people, in the language of the site and with links.

    Raises:
        NotFound: The data contract has no such table.
    """
    name, args = request.url_vars["table"], request.args
    schema = tables().get(name)
    permissions: list[str | tuple[str, object]] = [("view-table", (DATABASE, name))]
    permissions += [("view-database", DATABASE), "view-instance"]
    await datasette.ensure_permissions(request.actor, permissions)
    database = datasette.get_database(DATABASE)
    columns = await database.table_columns(name) if schema else []
    if schema is None or not columns:
        raise NotFound(translator_of(datasette)("error_404_about"))
    t, lang = translator_of(datasette), site_of(datasette).lang
    is_view = await database.get_view_definition(name) is not None
    check_table_args(args, columns, is_view, t)
    check_table_names(args)
    extra = table_conditions(args, name, t)
    keys = () if is_view else schema.primary_key
    select = table_select(
        args, name, columns, t, extra=extra, sort_desc=schema.sort_desc, keys=keys
    )
    in_words = args.get("_words") == "on"

    def lines(conn: sqlite3.Connection) -> Iterator[Sequence[object]]:
        if in_words:
            return word_lines(
                conn, select, columns, schema, lang, partial(public_address, datasette)
            )
        return key_lines(conn, select, header=args.get("_header") != "off")

    is_download = in_words or bool(args.get("_dl"))
    file = CsvFile(
        name=f"gongkai-{name}" if in_words else name,
        cut_line=t("csv_cut", address=_whole_table(datasette, name)),
        for_excel=is_download,
        is_attachment=is_download,
        method=request.method,
    )
    return await stream_csv(datasette, file, lines)


def _whole_table(datasette: Datasette, name: str) -> str:
    """Return the address of a download that has the whole table, or that of all downloads."""
    folder = site_of(datasette).downloads
    offered = folder is not None and stored_parts(folder, PLAIN, name)
    return public_address(datasette, f"/download/csv/{name}.csv.gz" if offered else "/data")
