"""Releases in the words of schema.org and of DCAT, as JSON-LD.

Addresses are relative where none is known: then they hold from the place of the file, wherever the
folder lies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import Any

from gongkai.archive.publication.licence import DATA_LICENCE
from gongkai.archive.releases.release_folder import DATA, DELTA, Release, ReleaseFile
from gongkai.catalogue import LANGUAGES, text
from gongkai.messages import Value

KEYWORDS = ("政府信息公开", "年度报告", "open government", "freedom of information")
PUBLISHER = "Gongkai 公开"
AUTHORS = "Contributors to Gongkai 公开"
CODES = {"zh": "zh-CN", "en": "en"}
"""Languages as BCP 47 writes them."""

OTHER = "application/octet-stream"
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".gz": "application/gzip",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".md": "text/markdown",
    ".cff": "text/plain",
    ".xml": "application/xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": "application/vnd.apache.parquet",
    ".dta": "application/x-stata-dta",
}
_IANA = "https://www.iana.org/assignments/media-types/"
_DCAT_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
Record = dict[str, Any]


def media_type(name: str) -> str:
    """Return the media type of a file of a release, by its suffix."""
    return MEDIA_TYPES.get(PurePosixPath(name).suffix, OTHER)


def data_files(files: Iterable[ReleaseFile]) -> list[ReleaseFile]:
    """Return the files with data and changes, without those that describe the release."""
    return [each for each in files if each.name.partition("/")[0] in (DATA, DELTA)]


def release_address(release: Release) -> str:
    """Return where a release is cited: its DOI, else its page on the site, "" where neither is known."""
    if release.doi:
        return f"https://doi.org/{release.doi}"
    return f"{release.base_url}/releases/{release.number}" if release.base_url else ""


def both(key: str, **params: Value) -> str:
    """Return a text in both languages, for files that all readers share."""
    return " · ".join(text(lang, key, **params) for lang in LANGUAGES)


def dataset_record(release: Release, files: Iterable[ReleaseFile]) -> Record:
    """Return a release as a Dataset of schema.org. Addresses of files are relative to its folder."""
    address = release_address(release)
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        **({"@id": address, "url": address} if address else {}),
        "name": both("package_title"),
        "description": both("package_description"),
        "version": str(release.number),
        "identifier": [release.version, f"sha256:{release.public_file}"],
        "datePublished": release.date,
        "inLanguage": CODES["zh"],
        "isAccessibleForFree": True,
        "license": DATA_LICENCE.path,
        "keywords": list(KEYWORDS),
        "creator": {"@type": "Organization", "name": AUTHORS},
        "publisher": {"@type": "Organization", "name": PUBLISHER},
        "spatialCoverage": {"@type": "Country", "name": "中国 · China"},
        "distribution": [
            {
                "@type": "DataDownload",
                "contentUrl": each.name,
                "encodingFormat": media_type(each.name),
                "contentSize": f"{each.bytes} B",
                "sha256": each.sha256,
            }
            for each in data_files(files)
        ],
    }


def dcat_catalogue(
    releases: Iterable[tuple[Release, Iterable[ReleaseFile]]],
    address: Callable[[str], str] = str,
) -> Record:
    """Return the catalogue of all releases, each with its files.

    `address` makes an address of a path below the folder of releases, such as 2026.1/README.md.
    """
    known = [(release, tuple(files)) for release, files in releases]
    numbers = {str(release.number) for release, _ in known}
    return {
        "@context": _DCAT_CONTEXT,
        "@id": address("catalog.jsonld"),
        "@type": "dcat:Catalog",
        "dct:title": _in_languages("package_title"),
        "dct:description": _in_languages("package_description"),
        "dct:license": {"@id": DATA_LICENCE.path},
        "dct:publisher": _publisher(),
        "dcat:dataset": [_dcat_dataset(*each, numbers, address) for each in known],
    }


def _dcat_dataset(
    release: Release,
    files: Iterable[ReleaseFile],
    numbers: set[str],
    address: Callable[[str], str],
) -> Record:
    record = {
        "@id": address(str(release.number)),
        "@type": "dcat:Dataset",
        "dct:identifier": f"https://doi.org/{release.doi}" if release.doi else release.version,
        "dct:title": _in_languages("release_title", number=str(release.number)),
        "dct:description": _in_languages("package_description"),
        "dct:issued": {"@value": release.date, "@type": "xsd:date"},
        "dct:license": {"@id": DATA_LICENCE.path},
        "dct:publisher": _publisher(),
        "dcat:version": str(release.number),
        "dcat:keyword": list(KEYWORDS),
        "dcat:distribution": [
            _distribution(each, address(f"{release.number}/{each.name}"))
            for each in data_files(files)
        ],
    }
    if release.previous in numbers:
        record["dcat:previousVersion"] = {"@id": address(release.previous)}
    return record


def _distribution(file: ReleaseFile, address: str) -> Record:
    return {
        "@id": address,
        "@type": "dcat:Distribution",
        "dct:title": file.name,
        "dct:license": {"@id": DATA_LICENCE.path},
        "dcat:downloadURL": {"@id": address},
        "dcat:mediaType": {"@id": f"{_IANA}{media_type(file.name)}"},
        "dcat:byteSize": {"@value": str(file.bytes), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@value": file.sha256, "@type": "xsd:hexBinary"},
        },
    }


def _publisher() -> Record:
    return {"@type": "foaf:Organization", "foaf:name": PUBLISHER}


def _in_languages(key: str, **params: Value) -> list[Record]:
    return [{"@value": text(lang, key, **params), "@language": CODES[lang]} for lang in LANGUAGES]
