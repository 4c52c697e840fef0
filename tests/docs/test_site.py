"""The documentation site builds without a warning, needs no network, and says what is so."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from lxml import html

from gongkai.archive.cli import main
from gongkai.crawler import settings
from gongkai.publish.wording.rules import RULES
from tests.paths import ROOT

DOCS = ROOT / "docs"
FOLDERS = "archive|crawler|deploy|docs|extract|gongkai|locale|publish|replica|tests"
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("*.md"), ROOT / "replica" / "README.md", *DOCS.rglob("*.md"))
    if not re.fullmatch(r"(commands|checks)(\.zh)?\.md", path.name)
)


def build(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Run what `make docs` runs."""
    words = ("-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going", source, target)
    return subprocess.run((sys.executable, *words), capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of docs/, so that the generated pages do not land in the checkout."""
    return shutil.copytree(DOCS, tmp_path_factory.mktemp("source") / "docs")


@pytest.fixture(scope="module")
def site(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    done = build(source, target)
    assert (done.returncode, done.stderr) == (0, "")
    return target


def text_of(page: Path) -> str:
    """Return the visible text of the main part of a page."""
    (main_part,) = html.fromstring(page.read_bytes()).xpath("//*[@role='main']")
    return str(main_part.text_content())


def test_a_broken_link_fails_the_build(site: Path, source: Path, tmp_path: Path) -> None:
    """After an edit, the pages that were not changed are not read again."""
    page, target = source / "start.md", shutil.copytree(site, tmp_path / "site")
    whole = page.read_bytes()
    page.write_bytes(whole + b"\n[gone](gone.md)\n")
    try:
        done = build(source, target)
    finally:
        page.write_bytes(whole)
    assert done.returncode != 0
    assert "gone.md" in done.stderr


def test_no_page_fetches_from_another_host(site: Path) -> None:
    found = []
    for page in site.rglob("*.html"):
        tree = html.fromstring(page.read_bytes())
        assets = tree.xpath(
            "//script/@src | //link[@rel!='canonical']/@href | //img/@src | //iframe/@src"
        )
        found += [(page.name, asset) for asset in assets if re.match(r"(https?:)?//", asset)]
    for style in site.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        found += [
            (style.name, url) for url in re.findall(r"(?:url\(|@import)\W*(?:https?:)?//.*", text)
        ]
    assert found == []


def command_names(command: click.Command, path: str = "gongkai") -> Iterator[str]:
    """Yield the program and every command below it as they are typed."""
    yield path
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from command_names(below, f"{path} {name}")


@pytest.mark.parametrize("page", ["commands.html", "commands.zh.html"])
def test_every_command_is_in_the_reference(site: Path, page: str) -> None:
    titles = html.fromstring((site / "reference" / page).read_bytes()).xpath("//h2/text()")
    assert set(titles) == set(command_names(main))


@pytest.mark.parametrize("page", ["checks.html", "checks.zh.html"])
def test_every_rule_is_in_the_reference(site: Path, page: str) -> None:
    text = text_of(site / "reference" / page)
    assert [rule for rule in RULES if rule not in text] == []


def test_the_functions_of_the_reference_are_documented(site: Path) -> None:
    text = text_of(site / "reference" / "python.html")
    for name in ("extract.report.read", "extract.model.report.Source", "crawler.runs.jobs.crawl"):
        assert f"gongkai.{name}" in text
    assert "Read one document." in text


@pytest.mark.parametrize("name", PAGES)
def test_paths_and_links_in_texts_exist(name: str) -> None:
    """Sphinx looks at links between its pages alone; these are the paths of the repository."""
    text = (ROOT / name).read_text(encoding="utf-8")
    paths = set(re.findall(rf"`((?:{FOLDERS})/[\w./*-]*)`", text))
    missing = {
        path
        for path in paths
        if not re.search(r"/[A-Z]+/", path) and not list(ROOT.glob(path.rstrip("/")))
    }
    if not name.startswith("docs/"):
        links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text)
        missing |= {link for link in links if not (ROOT / link).exists()}
    assert missing == set()


def test_contributing_names_the_rooms_in_their_order() -> None:
    """The order is that of tests/test_layers.py, which compares it with the imports."""
    tree = ast.parse((ROOT / "tests" / "test_layers.py").read_text(encoding="utf-8"))
    (order,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ORDER"
    )
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for stage, floors in order.items():
        (table,) = re.findall(rf"^### `{stage}/`\n(.*?)(?=^##)", text, re.M | re.S)
        rows = re.findall(r"^\| ((?:`[\w/]+`(?:, )?)+) \|", table, re.M)
        assert [tuple(re.findall(r"`([\w/]+)`", row)) for row in rows] == list(floors)


def glossary() -> list[tuple[str, ...]]:
    """Return the rows of the glossary: English, Chinese, meaning, module."""
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split("|"))
        for line in text.splitlines()
        if line.startswith("| ")
    ]
    return [row for row in rows if row[0] != "English"]


def test_the_glossary_names_modules_that_exist() -> None:
    rows = glossary()
    assert 30 <= len(rows) <= 70
    assert {row[3] for row in rows if not (ROOT / row[3].strip("`")).is_file()} == set()
    assert {row[0] for row in rows if row[2].count("<br>") != 1} == set()


@pytest.mark.parametrize("column", [0, 1])
def test_a_term_stands_once_in_the_glossary(column: int) -> None:
    counts = Counter(row[column].lower() for row in glossary())
    assert [term for term, n in counts.items() if n > 1] == []


def test_every_decision_is_listed() -> None:
    listed = re.findall(r"\((\d{4}-[\w-]+\.md)\)", (DOCS / "decisions" / "index.md").read_text())
    assert listed == sorted(path.name for path in (DOCS / "decisions").glob("0*.md"))


def test_the_settings_have_the_defaults_that_the_reference_says() -> None:
    text = (DOCS / "reference" / "crawl-settings.md").read_text(encoding="utf-8")
    said = dict(re.findall(r"^\| `([A-Z_]+)` \| `(.*?)` \|", text, re.M))
    defaults = {name: repr(getattr(settings, name)).replace("'", '"') for name in said}
    assert said == defaults
    ours = {name for name in vars(settings) if name.startswith("GONGKAI_")}
    assert ours - set(re.findall(r"`(GONGKAI_\w+)`", text)) == set()


def test_the_variables_are_those_of_the_options() -> None:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    said = set(re.findall(r"^\| `(GONGKAI_[A-Z_]+)` \|", text, re.M))
    assert said - {"GONGKAI_LANG", "GONGKAI_MAIL_PASSWORD"} == set(variables(main))


def variables(command: click.Command) -> Iterator[str]:
    """Yield the variables that options of a command, and of those below it, are read from."""
    for parameter in command.params:
        named = [parameter.envvar] if isinstance(parameter.envvar, str) else parameter.envvar or []
        yield from (name for name in named if name.startswith("GONGKAI_"))
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from variables(below)


def test_the_settings_file_of_the_page_is_read(tmp_path: Path) -> None:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```toml\n(.*?)^```", text, re.M | re.S)
    path = tmp_path / "gongkai.toml"
    path.write_text(example.replace("/srv/gongkai", str(tmp_path)), encoding="utf-8")
    shown = CliRunner().invoke(main, ["--config", str(path), "--lang", "en", "status"])
    assert shown.exit_code == 2
    assert f"{tmp_path}/archive.db: no archive here" in shown.output
