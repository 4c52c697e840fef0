"""The tutorials can be followed: their commands, queries and addresses work on the demo archive."""

from __future__ import annotations

import os
import re
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from tests.paths import ROOT

GONGKAI = (str(Path(sys.executable).with_name("gongkai")),)
TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
CHINESE = [path for path in TUTORIALS if path.name.endswith(".zh.md")]
ENGLISH = [path for path in TUTORIALS if path not in CHINESE]
ENV = {**os.environ, "GONGKAI_LANG": "zh"}
DEMO = "http://127.0.0.1:8001"


def blocks(path: Path, language: str) -> list[str]:
    """Return the code blocks of a page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `make demo` has run."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "replica").symlink_to(ROOT / "replica")
    run("demo", "--no-serve", cwd=folder)
    return folder


def run(*words: str, cwd: Path) -> str:
    """Run a command of the program to its good end and return what it printed."""
    done = subprocess.run(
        [*GONGKAI, *words], cwd=cwd, env=ENV, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


def test_every_query_runs(demo: Path) -> None:
    """Before the commands, some of which make the archive anew."""
    found = {}
    with closing(sqlite3.connect(demo / "archive.db")) as db:
        (url,) = db.execute("SELECT url FROM reports ORDER BY id").fetchone()
        for path in (*ENGLISH, ROOT / "docs" / "explanation" / "provenance.md"):
            for query in blocks(path, "sql"):
                found[path.stem, query.split("\n")[0]] = len(
                    db.execute(query, {"url": url}).fetchall()
                )
    assert len(found) >= 5
    empty = [query for (_, query), rows in found.items() if not rows]
    assert empty == [query for query in empty if "refusal_rate" in query or "cell_notes" in query]


def commands(path: Path) -> list[list[str]]:
    """Return the commands of a page that the tests can run, each as its words."""
    lines = [line for block in blocks(path, "sh") for line in block.splitlines()]
    words = [shlex.split(line, comments=True) for line in lines]
    return [line for line in words if line[:1] in (["rm"], ["gongkai"]) and line[1] != "serve"]


@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.name)
def test_every_command_works(path: Path, demo: Path) -> None:
    for program, *words in commands(path):
        if program == "rm":
            (demo / words[0]).unlink()
        else:
            run(*words, cwd=demo)


@pytest.mark.parametrize("path", CHINESE, ids=lambda path: path.name)
def test_translations_have_the_same_commands_and_queries(path: Path) -> None:
    original = path.with_name(path.name.replace(".zh.md", ".md"))
    assert commands(path) == commands(original)
    assert blocks(path, "sql") == blocks(original, "sql")


@pytest.fixture(scope="module")
def site(demo: Path) -> Iterator[str]:
    """The address of a server of the demo's archive."""
    with subprocess.Popen(
        [*GONGKAI, "serve", "--port", "0"], cwd=demo, env=ENV, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            match = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
            assert match is not None
            yield match[0]
        finally:
            server.terminate()


@pytest.mark.parametrize(
    ("name", "address", "shown"),
    [
        ("journalist.zh.md", "/search?q=三审三校", "3 份报告"),
        ("journalist.zh.md", "/checks", "工科局共主动公开政府信息 条"),
        ("journalist.zh.md", "/coverage", "中卫市工业和信息化局"),
        ("journalist.zh.md", "/compare", "30"),
        ("journalist.zh.md", "/data", "atom"),
        ("journalist.md", "/en/", "中文"),
        ("journalist.md", "/en/search?q=三审三校", "3 "),
        ("journalist.md", "/en/checks", "工科局共主动公开政府信息 条"),
        ("journalist.md", "/en/coverage", "中卫市工业和信息化局"),
    ],
)
def test_pages_show_what_the_tutorial_says(site: str, name: str, address: str, shown: str) -> None:
    text = (ROOT / "docs" / "tutorials" / name).read_text(encoding="utf-8")
    assert f"<{DEMO}{address}>" in text
    with urlopen(site + quote(address, safe="/?=")) as answer:
        page = answer.read().decode()
    assert shown in re.sub(r"<[^>]+>", "", page) or shown in page
