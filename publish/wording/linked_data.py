"""What pages say in schema.org's words, as JSON-LD: the data set, a report, an agency, a place.

Search engines for data (Google Dataset Search, DataCite Commons) read it. It says nothing that the
page does not show.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from markupsafe import Markup

from gongkai.catalogue import Language, text
from gongkai.publish.datasette_types import Row

CONTEXT = "https://schema.org"
CHINESE = "zh-CN"
NOT_IN_SCRIPTS = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
"""Characters that could end the element of a script, and how JSON can write them."""

Record = dict[str, object]


def script_of(record: Record) -> Markup:
    """Return a record as an element of a page; browsers do not run it. Empty values are left out."""
    written = json.dumps({"@context": CONTEXT, **without_blanks(record)}, ensure_ascii=False)
    for character, escape in NOT_IN_SCRIPTS.items():
        written = written.replace(character, escape)
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(written))


def without_blanks(record: Mapping[str, object]) -> Record:
    """Return a record without values that are not known."""
    return {
        name: without_blanks(value) if isinstance(value, Mapping) else value
        for name, value in record.items()
        if value not in (None, "", [], {})
    }


def dataset_record(
    lang: Language,
    address: str,
    as_of: str | None,
    licence: str,
    files: Iterable[Mapping[str, object]],
    version: str = "",
) -> Record:
    """Return the description of the whole archive.

    `as_of` is the time of the last fetch, `licence` an address. `files` have `address`,
    `media_type`, `bytes` and `sha256`. `version` is that of the publication, or "".
    """
    return {
        "@type": "Dataset",
        "@id": address,
        "url": address,
        "name": text(lang, "package_title"),
        "description": text(lang, "package_description"),
        "inLanguage": CHINESE,
        "isAccessibleForFree": True,
        "license": licence,
        "dateModified": as_of,
        "version": version,
        "keywords": ["政府信息公开", "年度报告", "open government", "freedom of information"],
        "spatialCoverage": {"@type": "Country", "name": text(lang, "country_name")},
        "distribution": [
            without_blanks(
                {
                    "@type": "DataDownload",
                    "contentUrl": each["address"],
                    "encodingFormat": each["media_type"],
                    "contentSize": f"{each['bytes']} B",
                    "sha256": each["sha256"],
                }
            )
            for each in files
        ],
    }


def report_record(address: str, row: Row, agency: Row, region: str, agency_address: str) -> Record:
    """Return the description of a report; its original is what it is based on."""
    return {
        "@type": "Report",
        "@id": address,
        "url": address,
        "name": row["title"] or row["id"],
        "identifier": row["id"],
        "inLanguage": CHINESE,
        "datePublished": row["published_on"],
        "temporalCoverage": str(row["year"]),
        "isBasedOn": row["url"] if str(row["url"]).startswith(("http://", "https://")) else "",
        "author": agency_record(agency_address, agency, region),
    }


def agency_record(address: str, agency: Row, region: str) -> Record:
    """Return the description of an agency; `region` is the full name of its division, or ""."""
    return {
        "@type": "GovernmentOrganization",
        "@id": address,
        "url": address,
        "name": agency["name"],
        "areaServed": {"@type": "AdministrativeArea", "name": region} if region else "",
    }


def region_record(address: str, name: str, inside: str) -> Record:
    """Return the description of a division; `inside` names what it belongs to, "" for the country."""
    outer = {"@type": "AdministrativeArea", "name": inside} if inside else ""
    kind = "AdministrativeArea" if inside else "Country"
    return {"@type": kind, "@id": address, "url": address, "name": name, "containedInPlace": outer}
