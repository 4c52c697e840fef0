"""Bring the catalogues in `locale/` up to date with the code: `make messages`.

Keys that the code and the templates ask for and a catalogue lacks are added with an empty text;
texts are sorted by their keys. Nothing is removed, because some keys are put together at run time
(`code.status.late`); the tests tell which texts nobody asks for.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from gongkai.catalogue import DOMAINS, LOCALES

ROOT = Path(__file__).resolve().parents[1]
METHODS = [
    ("**/templates/**.html", "jinja2.ext.babel_extract"),
    ("**.py", "gongkai.catalogue_update:extract_python"),
]
FUNCTIONS = ("_", "t", "message", "Message")
"""Functions that take a key first. Errors derived from `GongkaiError` do so too."""

_KEY = re.compile(r"[a-z][a-z0-9_.]*")


def error_names(root: Path) -> set[str]:
    """Return the names of all classes of the code that derive from `GongkaiError`."""
    derived: dict[str, set[str]] = defaultdict(set)
    for domain in DOMAINS:
        for path in (root / domain).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    for base in node.bases:
                        derived[_last_name(base)].add(node.name)
    found: set[str] = set()
    left = ["GongkaiError"]
    while left:
        new = derived[left.pop()] - found
        found |= new
        left += new
    return found


def asked_keys(root: Path) -> dict[str, set[str]]:
    """Return the keys that stand as literals in the code and templates of each stage."""
    keywords = dict.fromkeys({*FUNCTIONS, *error_names(root)})
    asked = {}
    for domain in DOMAINS:
        found = extract_from_dir(root / domain, METHODS, keywords=keywords)
        keys = (key[0] if isinstance(key, tuple) else key for _, _, key, _, _ in found)
        asked[domain] = {key for key in keys if _KEY.fullmatch(key)}
    return asked


def _last_name(node: ast.expr) -> str:
    """Return the last part of a dotted name, and "" for what is no name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def extract_python(
    source: IO[bytes],
    keywords: Mapping[str, object],
    comment_tags: Collection[str],
    options: Mapping[str, object],
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield line, function, key and no comments for each call whose first argument is a key.

    Babel's own method takes a text in any place of the call for a key. `t("a" if x else "b")` has
    two keys.
    """
    for node in ast.walk(ast.parse(source.read())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        function = _last_name(node.func)
        if function not in keywords:
            continue
        first = node.args[0]
        for each in (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,):
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield node.lineno, function, each.value, []


def catalogue_path(root: Path, locale: str, domain: str) -> Path:
    """Return the PO file of a stage in a locale."""
    return root / "locale" / locale / "LC_MESSAGES" / f"{domain}.po"


def read_catalogue(path: Path, locale: str) -> Catalog:
    """Return the texts of a PO file."""
    with path.open("rb") as source:
        return read_po(source, locale=locale, abort_invalid=True)


def write_catalogue(path: Path, catalogue: Catalog) -> None:
    """Write a PO file sorted by key, one line a text. Its header stays as it is in the file."""
    header = path.read_text(encoding="utf-8").partition("\n\n")[0].rstrip("\n")
    body = io.BytesIO()
    write_po(body, catalogue, width=0, sort_output=True, no_location=True, omit_header=True)
    texts = body.getvalue().decode().strip("\n")
    path.write_text(f"{header}\n\n{texts}\n" if texts else f"{header}\n", encoding="utf-8")


def compile_click(root: Path) -> bytes:
    """Return the compiled texts of click, which gettext reads from a file `click.mo`."""
    catalogue = read_catalogue(catalogue_path(root, LOCALES["zh"], "click"), LOCALES["zh"])
    # Babel would write today's date: the same texts give the same bytes
    catalogue.creation_date = catalogue.revision_date = datetime(2000, 1, 1, tzinfo=UTC)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()


def missing_texts(catalogue: Catalog) -> Iterator[str]:
    """Yield the keys without a text, or with one that a translator marked as doubtful."""
    for entry in catalogue:
        forms = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        if entry.id and (entry.fuzzy or not all(forms)):
            yield _key(entry)


def update(root: Path = ROOT) -> list[str]:
    """Add keys to the catalogues and sort them; return a line for each text that is missing."""
    known = {
        locale: {
            domain: read_catalogue(catalogue_path(root, locale, domain), locale)
            for domain in DOMAINS
        }
        for locale in LOCALES.values()
    }
    asked = asked_keys(root)
    missing = []
    for locale, catalogues in known.items():
        have = {_key(entry) for each in catalogues.values() for entry in each}
        for domain, catalogue in catalogues.items():
            for key in sorted(asked[domain] - have):
                catalogue.add(key)
            write_catalogue(catalogue_path(root, locale, domain), catalogue)
            missing += [f"{locale}/{domain}.po: {key}" for key in missing_texts(catalogue)]
    return missing


def _key(entry: Message) -> str:
    return entry.id if isinstance(entry.id, str) else entry.id[0]


def main() -> None:
    """Update the catalogues; list the texts that are missing, and exit with 1 if there are any."""
    missing = update()
    compiled = catalogue_path(ROOT, LOCALES["zh"], "click").with_suffix(".mo")
    compiled.write_bytes(compile_click(ROOT))
    for line in missing:
        sys.stdout.write(f"{line}\n")
    sys.exit(bool(missing))


if __name__ == "__main__":
    main()
