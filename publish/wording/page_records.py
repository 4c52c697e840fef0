"""The names by which templates put JSON-LD into pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from markupsafe import Markup

from gongkai.catalogue import text
from gongkai.publish.datasette_types import Datasette, Row
from gongkai.publish.http.paths import path_segment
from gongkai.publish.site import public_address, site_of
from gongkai.publish.wording import linked_data


class _Region(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...


class _Agency(Protocol):
    @property
    def row(self) -> Row: ...
    @property
    def regions(self) -> Sequence[_Region]: ...


class _Report(Protocol):
    @property
    def row(self) -> Row: ...
    @property
    def agency(self) -> Row: ...
    @property
    def regions(self) -> Sequence[_Region]: ...


class _File(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def bytes(self) -> int: ...
    @property
    def sha256(self) -> str: ...
    @property
    def media_type(self) -> str: ...


def record_names(datasette: Datasette) -> Mapping[str, Callable[..., Markup]]:
    """Return the functions of templates that describe a page as data, by name.

    A record names things by whole addresses; where the site knows no base there is none.
    """
    lang, has_base = site_of(datasette).lang, bool(site_of(datasette).base_url)

    def address(path: str) -> str:
        return public_address(datasette, path)

    def script(record: linked_data.Record) -> Markup:
        return linked_data.script_of(record) if has_base else Markup("")

    def report(found: _Report) -> Markup:
        row = found.row
        agency = address(f"/agency/{path_segment(row['agency_id'])}")
        own = address(f"/report/{path_segment(row['id'])}")
        region = _whole_name(found.regions)
        return script(linked_data.report_record(own, row, found.agency, region, agency))

    def agency(found: _Agency) -> Markup:
        own = address(f"/agency/{path_segment(found.row['id'])}")
        return script(linked_data.agency_record(own, found.row, _whole_name(found.regions)))

    def region(name: str, above: Sequence[_Region]) -> Markup:
        own = address(f"/region/{above[-1].code}" if above else "/region")
        inside = (_whole_name(above[:-1]) or text(lang, "country_name")) if above else ""
        return script(
            linked_data.region_record(own, name if above else text(lang, "country_name"), inside)
        )

    def dataset(files: Iterable[_File], licence: str, as_of: str | None, version: str) -> Markup:
        offered = [
            {
                "address": address(f"/download/{each.name}"),
                "media_type": each.media_type,
                "bytes": each.bytes,
                "sha256": each.sha256,
            }
            for each in files
        ]
        own = address("/data")
        return script(linked_data.dataset_record(lang, own, as_of, licence, offered, version))

    return {
        "report_data": report,
        "agency_data": agency,
        "region_data": region,
        "dataset_data": dataset,
    }


def _whole_name(regions: Sequence[_Region]) -> str:
    return "".join(each.name for each in regions)
