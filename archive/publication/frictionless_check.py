"""The data package of a publication, validated by Frictionless where that is installed.

Our own checks have read every value and every reference. This one shows that another program reads the
files as the package says. Of a long table it reads the beginning.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gongkai.archive.errors import PublicationRefusedError
from gongkai.archive.publication.layout import PACKAGE

ROWS = 1_000
"""Rows that are read of a table."""

_PARTS = 2
"""Files that are read of a table that is read in part."""

_LONGEST = 200
_TABULAR = "tabular-data-resource"


def is_installed() -> bool:
    """Return whether packages can be validated."""
    return importlib.util.find_spec("frictionless") is not None


def validate_package(folder: Path) -> None:
    """Validate the data package in a folder.

    Raises:
        PublicationRefusedError: Frictionless finds an error. The first one is named.
    """
    described = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
    for place, kind, note in _errors(folder, described):
        raise PublicationRefusedError(
            "package_invalid", table=str(place or PACKAGE), kind=str(kind), why=str(note)[:_LONGEST]
        )


def _errors(folder: Path, described: Mapping[str, Any]) -> list[tuple[object, object, object]]:
    """Return name of the resource, kind and text of the errors that Frictionless finds."""
    import frictionless  # an extra, and slow to import

    with warnings.catch_warnings():
        # of a compressed file, Frictionless closes what unpacks it, and leaves the file to the collector
        warnings.simplefilter("ignore", ResourceWarning)
        package = frictionless.Package.from_descriptor(
            {**described, "resources": list(_resources(described))}, basepath=str(folder)
        )
        report = package.validate(limit_rows=ROWS, limit_errors=1)
        found = report.flatten(["name", "type", "message"])
        del package, report
        gc.collect()
    return [(place, kind, note) for place, kind, note in found]


def _resources(described: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the tables of a package, those that are read in part without what is true of the whole.

    A reference into a table that is read in part would be missed, and a checksum is of the whole file.
    """
    tables = [each for each in described["resources"] if each["profile"] == _TABULAR]
    short = {each["name"] for each in tables if (each["rows"] or 0) <= ROWS}
    for each in tables:
        schema = dict(each["schema"])
        keys = [
            key
            for key in schema.pop("foreignKeys", ())
            if (key["reference"]["resource"] or each["name"]) in short
        ]
        if keys:
            schema["foreignKeys"] = keys
        resource = {**each, "schema": schema}
        if each["name"] not in short:
            resource = {k: v for k, v in resource.items() if k not in ("bytes", "hash", "rows")}
            if isinstance(resource["path"], list):
                resource["path"] = resource["path"][-_PARTS:]
        yield resource
