"""Texts for people: each key of the code stands in the catalogues of its language, and no other.

A key is used where it is written as a literal in the code of its stage, or where `FAMILIES` says how
it is put together.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from gongkai.catalogue import DOMAINS, LANGUAGES, LOCALES, Language, text
from gongkai.extract.forms import FORMS, SECTIONS
from gongkai.extract.forms.form import Labelled
from gongkai.extract.forms.identity_rules import IDENTITY_RULES
from tests.paths import ROOT

FAMILIES = {
    "archive": re.compile(r"system\.|aborted$|crosswalk\.|variable\."),
    "extract": re.compile(r"form\.|work_limit_|identity_"),
}
"""Keys of a stage that the code puts together; tests of the stage hold that each of them is needed."""

PARAMETER = re.compile(r"%\((\w+)\)")


@cache
def catalogue(lang: Language, domain: str) -> dict[str, tuple[str, ...]]:
    """The texts of one catalogue by key; a text with a plural has several forms."""
    path = ROOT / "locale" / LOCALES[lang] / "LC_MESSAGES" / f"{domain}.po"
    with path.open("rb") as source:
        read = read_po(source, locale=LOCALES[lang])
    found = {}
    for entry in read:
        if entry.id:
            key = entry.id if isinstance(entry.id, str) else entry.id[0]
            forms = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string)
            found[key] = forms
    return found


def parameters(lang: Language, domain: str, key: str) -> set[str]:
    """The names that a text takes, in any of its forms."""
    return {name for form in catalogue(lang, domain)[key] for name in PARAMETER.findall(form)}


def modules(stage: str) -> Iterator[tuple[Path, ast.Module]]:
    """The modules of a stage, parsed."""
    for path in sorted((ROOT / stage).rglob("*.py")):
        yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


@cache
def errors() -> frozenset[str]:
    """The names of `GongkaiError` and of all classes that derive from it."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for stage in DOMAINS
        for _, tree in modules(stage)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    known = {"GongkaiError"}
    while more := {name for name, above in bases.items() if above & known} - known:
        known |= more
    return frozenset(known)


def imported(tree: ast.Module) -> set[str]:
    """The names that a module has from `gongkai.messages`: their first argument is a key."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "gongkai.messages"
        for alias in node.names
    }


def calls(stage: str) -> Iterator[tuple[str, str, set[str] | None]]:
    """Yield the place, the key and the parameters of every literal message or error of a stage.

    The parameters are None where they are given as a mapping.
    """
    for path, tree in modules(stage):
        makers = errors() | imported(tree)
        for node in ast.walk(tree):
            if (
                not isinstance(node, ast.Call)
                or not isinstance(node.func, ast.Name)
                or not node.args
            ):
                continue
            first = node.args[0]
            if node.func.id not in makers or not isinstance(first, ast.Constant):
                continue
            if isinstance(first.value, str):
                names = {keyword.arg for keyword in node.keywords}
                given = None if None in names or len(node.args) > 1 else names
                place = f"{path}:{node.lineno}"
                yield place, first.value, given and {name for name in given if name}


@cache
def words(stage: str) -> frozenset[str]:
    """All string literals of a stage, and all words of its templates."""
    found = {
        node.value
        for _, tree in modules(stage)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for path in (ROOT / stage).rglob("*.html"):
        found |= set(re.findall(r"[\w.]+", path.read_text(encoding="utf-8")))
    return frozenset(found)


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_languages_have_the_same_keys(domain: str) -> None:
    zh, en = (set(catalogue(lang, domain)) for lang in LANGUAGES)
    assert {"only in Chinese": sorted(zh - en), "only in English": sorted(en - zh)} == {
        "only in Chinese": [],
        "only in English": [],
    }


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_key_has_a_text(domain: str) -> None:
    assert [
        (lang, key)
        for lang in LANGUAGES
        for key, forms in catalogue(lang, domain).items()
        if not all(forms)
    ] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_languages_take_the_same_parameters(domain: str) -> None:
    shared = set(catalogue("zh", domain)) & set(catalogue("en", domain))
    differing = {
        key: (sorted(parameters("zh", domain, key)), sorted(parameters("en", domain, key)))
        for key in shared
        if parameters("zh", domain, key) != parameters("en", domain, key)
    }
    assert differing == {}


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_key_stands_in_one_catalogue(domain: str) -> None:
    keys = Counter(key for other in DOMAINS for key in catalogue("en", other))
    assert [key for key in catalogue("en", domain) if keys[key] > 1] == []


@pytest.mark.parametrize("stage", DOMAINS)
def test_no_text_is_lost(stage: str) -> None:
    known = {key for domain in DOMAINS for key in catalogue("en", domain)}
    assert [f"{place}: {key}" for place, key, _ in calls(stage) if key not in known] == []


@pytest.mark.parametrize("stage", DOMAINS)
def test_a_text_gets_the_parameters_that_it_takes(stage: str) -> None:
    owners = {key: domain for domain in DOMAINS for key in catalogue("en", domain)}
    wrong = []
    for place, key, given in calls(stage):
        if key in owners and given is not None:
            takes = parameters("en", owners[key], key)
            if not takes <= given or given - takes - {"n"}:
                wrong.append(f"{place}: {key} takes {sorted(takes)}, gets {sorted(given)}")
    assert wrong == []


@pytest.mark.parametrize("domain", [domain for domain in DOMAINS if domain != "publish"])
def test_no_text_is_unused(domain: str) -> None:
    """The site asks for most of its texts by rule, code or column: its own test holds them."""
    family = FAMILIES.get(domain)
    assert [
        key
        for key in catalogue("en", domain)
        if key not in words(domain) and not (family and family.match(key))
    ] == []


def labels() -> Iterator[tuple[str, str]]:
    """Yield the key and the printed Chinese text of every label of the forms."""
    for number, heading in SECTIONS:
        yield f"form.section.{number}", heading
    for form in FORMS.values():
        parts: tuple[tuple[Labelled, str], ...] = (
            *((row, row.zh) for row in form.disclosures),
            *((c, f"{row.zh}／{c.zh}") for row in form.disclosures for c in row.columns),
            *((each, each.zh) for each in (*form.items, *form.applicants)),
            *((each, each.zh) for each in (*form.proceedings, *form.results)),
        )
        yield from ((part.text_key, zh) for part, zh in parts)


def test_the_labels_of_the_forms_are_the_printed_ones() -> None:
    texts = {key: text for key, (text,) in catalogue("zh", "extract").items() if key[:5] == "form."}
    assert texts == dict(labels())


def test_the_other_families_are_complete() -> None:
    from gongkai.extract.layout.work_limits import LIMITS

    needed = {f"work_limit_{name}" for name in LIMITS} | {
        f"identity_{rule}" for rule in IDENTITY_RULES
    }
    family = {key for key in catalogue("en", "extract") if re.match("work_limit_|identity_", key)}
    assert family == needed


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_label_of_the_form_has_a_text(lang: Language) -> None:
    assert all(text(lang, key) for key, _ in labels())
