"""How a release is cited and deposited: Citation File Format, DataCite, Zenodo, Dataverse."""

from __future__ import annotations

import json
from typing import Any

from gongkai.archive.publication.licence import DATA_LICENCE
from gongkai.archive.releases.dataset_records import (
    AUTHORS,
    KEYWORDS,
    PUBLISHER,
    both,
    release_address,
)
from gongkai.archive.releases.release_folder import Release
from gongkai.catalogue import LANGUAGES, text

Record = dict[str, Any]

_DATACITE_KERNEL = "http://datacite.org/schema/kernel-4"
_CC_BY = "CC BY 4.0"
"""The licence by the name that Dataverse has for it."""


def citation_file(release: Release) -> str:
    """Return CITATION.cff (Citation File Format 1.2.0). A string of JSON is one of YAML, too."""
    address = release_address(release)
    entries: dict[str, object] = {
        "cff-version": "1.2.0",
        "message": both("release_cite_message"),
        "type": "dataset",
        "title": both("package_title"),
        "version": str(release.number),
        "date-released": release.date,
        **({"doi": release.doi} if release.doi else {}),
        **({"url": address} if address else {}),
        "license": DATA_LICENCE.name,
    }
    lines = [f"{name}: {_quoted(value)}" for name, value in entries.items()]
    lines += ["authors:", f"  - name: {_quoted(AUTHORS)}"]
    lines += [
        "identifiers:",
        "  - type: other",
        f"    value: {_quoted(f'sha256:{release.public_file}')}",
    ]
    lines += [f"    description: {_quoted(both('release_cite_digest'))}"]
    lines += ["keywords:", *(f"  - {_quoted(word)}" for word in KEYWORDS)]
    return "\n".join((*lines, ""))


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def datacite_record(release: Release, size: int) -> Record:
    """Return the metadata for a DOI (DataCite 4.5). `size` is that of all files in bytes."""
    other = []
    if release.previous and release.base_url:
        address = f"{release.base_url}/releases/{release.previous}"
        other = [_related(address, "IsNewVersionOf")]
    return {
        "schemaVersion": _DATACITE_KERNEL,
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Dataset"},
        **({"doi": release.doi} if release.doi else {}),
        "alternateIdentifiers": [
            {
                "alternateIdentifier": release.public_file,
                "alternateIdentifierType": "SHA-256 of archive.db",
            }
        ],
        "creators": [{"name": AUTHORS, "nameType": "Organizational"}],
        "titles": [
            {"title": text("zh", "package_title"), "lang": "zh"},
            {
                "title": text("en", "package_title"),
                "titleType": "TranslatedTitle",
                "lang": "en",
            },
        ],
        "publisher": {"name": PUBLISHER},
        "publicationYear": release.date[:4],
        "subjects": [{"subject": word} for word in KEYWORDS],
        "dates": [{"date": release.date, "dateType": "Issued"}],
        "language": "zh",
        "version": str(release.number),
        "sizes": [f"{size} B"],
        "rightsList": [
            {
                "rights": DATA_LICENCE.title,
                "rightsUri": DATA_LICENCE.path,
                "rightsIdentifier": DATA_LICENCE.name,
                "rightsIdentifierScheme": "SPDX",
                "schemeUri": "https://spdx.org/licenses/",
            }
        ],
        "descriptions": [
            {
                "description": text(lang, "package_description"),
                "descriptionType": "Abstract",
                "lang": lang,
            }
            for lang in LANGUAGES
        ],
        **({"relatedIdentifiers": other} if other else {}),
    }


def _related(address: str, relation: str) -> Record:
    return {
        "relatedIdentifier": address,
        "relatedIdentifierType": "URL",
        "relationType": relation,
    }


def zenodo_record(release: Release) -> Record:
    """Return the metadata of a deposit on Zenodo, as .zenodo.json has it."""
    record: Record = {
        "upload_type": "dataset",
        "title": both("release_title", number=str(release.number)),
        "creators": [{"name": AUTHORS}],
        "description": "".join(f"<p>{text(lang, 'package_description')}</p>" for lang in LANGUAGES),
        "publication_date": release.date,
        "version": str(release.number),
        "access_right": "open",
        "license": DATA_LICENCE.name.lower(),
        "language": "zho",
        "keywords": list(KEYWORDS),
    }
    if release.doi:
        record["doi"] = release.doi
    if release.base_url:
        address = f"{release.base_url}/releases/{release.number}"
        record["related_identifiers"] = [{"identifier": address, "relation": "isIdenticalTo"}]
    return record


def dataverse_record(release: Release, contact: str) -> Record:
    """Return the metadata of a dataset for the interface of Dataverse.

    `contact` is the mail address that readers write to; Dataverse takes no dataset without one.
    """
    authors = [{"authorName": _field("authorName", AUTHORS)}]
    contacts = [
        {
            "datasetContactName": _field("datasetContactName", AUTHORS),
            **({"datasetContactEmail": _field("datasetContactEmail", contact)} if contact else {}),
        }
    ]
    abstracts = [
        {"dsDescriptionValue": _field("dsDescriptionValue", text(lang, "package_description"))}
        for lang in LANGUAGES
    ]
    keywords = [{"keywordValue": _field("keywordValue", word)} for word in KEYWORDS]
    fields = [
        _field("title", both("release_title", number=str(release.number))),
        _compound("author", authors),
        _compound("datasetContact", contacts),
        _compound("dsDescription", abstracts),
        {
            "typeName": "subject",
            "multiple": True,
            "typeClass": "controlledVocabulary",
            "value": ["Social Sciences"],
        },
        _compound("keyword", keywords),
        _field("distributionDate", release.date),
    ]
    return {
        "datasetVersion": {
            "license": {"name": _CC_BY, "uri": DATA_LICENCE.path.removesuffix("/")},
            "metadataBlocks": {"citation": {"displayName": "Citation Metadata", "fields": fields}},
        }
    }


def _field(name: str, value: str) -> Record:
    return {"typeName": name, "multiple": False, "typeClass": "primitive", "value": value}


def _compound(name: str, values: list[Record]) -> Record:
    return {"typeName": name, "multiple": True, "typeClass": "compound", "value": values}
