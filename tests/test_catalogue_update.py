"""`make messages`: keys go from the code into the catalogues, and nothing else changes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gongkai.catalogue import DOMAINS, LOCALES
from gongkai.catalogue_update import (
    asked_keys,
    catalogue_path,
    missing_texts,
    read_catalogue,
    update,
)
from tests.paths import ROOT

MODULE = """
from gongkai.errors import GongkaiError

class ArchiveError(GongkaiError): ...
class BuildError(ArchiveError): ...

def found(t, n):
    t("pages_found" if n else "pages_none", n=n)
    t(f"note_{n}", name="no_key")
    message({"type": "http.start"}, "no_key")
    raise errors.BuildError("build_failed", why=message("tape_torn"))
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a copy of the catalogues beside a little code."""
    shutil.copytree(ROOT / "locale", tmp_path / "locale")
    for domain in DOMAINS:
        (tmp_path / domain).mkdir()
    (tmp_path / "archive" / "found.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "publish" / "templates").mkdir()
    page = '<p title="{{ _(\'page_title\') }}">{{ _("colon") }}{{ _("note_" ~ note, n=2) }}</p>'
    (tmp_path / "publish" / "templates" / "page.html").write_text(page, encoding="utf-8")
    return tmp_path


def test_keys_are_those_of_functions_errors_and_templates(checkout: Path) -> None:
    asked = asked_keys(checkout)
    assert asked["archive"] == {"pages_found", "pages_none", "build_failed", "tape_torn"}
    assert asked["publish"] == {"page_title", "colon"}


def test_new_keys_come_without_a_text_and_are_listed(checkout: Path) -> None:
    before = catalogue_path(checkout, "en", "publish").read_text(encoding="utf-8")
    missing = update(checkout)
    assert "en/archive.po: tape_torn" in missing
    assert "zh_CN/publish.po: page_title" in missing
    assert not any("colon" in line for line in missing)
    after = catalogue_path(checkout, "en", "publish").read_text(encoding="utf-8")
    assert after.replace('msgid "page_title"\nmsgstr ""\n\n', "") == before
    update(checkout)
    assert catalogue_path(checkout, "en", "publish").read_text(encoding="utf-8") == after


def test_catalogues_stand_as_the_command_writes_them(tmp_path: Path) -> None:
    """Sorted, one line a text, with a text for every key that the code asks for."""
    for name in (*DOMAINS, "locale"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "locale").unlink()
    shutil.copytree(ROOT / "locale", tmp_path / "locale")
    assert update(tmp_path) == []
    for locale in LOCALES.values():
        for domain in DOMAINS:
            path = catalogue_path(tmp_path, locale, domain)
            kept = catalogue_path(ROOT, locale, domain)
            assert path.read_text(encoding="utf-8") == kept.read_text(encoding="utf-8"), (
                f"{locale}/{domain}.po: run make messages"
            )


def test_a_doubtful_text_counts_as_missing(tmp_path: Path) -> None:
    path = tmp_path / "some.po"
    path.write_text(
        'msgid ""\nmsgstr "Language: en\\n"\n\n#, fuzzy\nmsgid "a"\nmsgstr "A"\n\n'
        'msgid "b"\nmsgid_plural "b"\nmsgstr[0] "B"\nmsgstr[1] ""\n\nmsgid "c"\nmsgstr "C"\n',
        encoding="utf-8",
    )
    assert list(missing_texts(read_catalogue(path, "en"))) == ["a", "b"]
