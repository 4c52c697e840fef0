"""The layers of the design: who may import whom, and which library belongs to which stage."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STAGES = ("crawler", "extract", "archive", "publish")

# What a stage may import of the others. A module named here is the only one that may.
ALLOWED = {
    # what a page is, is decided by its content, in one place
    ("crawler", "extract"): {
        "gongkai.extract.classify",
        "gongkai.extract.chinese.charset",
        "gongkai.extract.model.report",
    },
    ("archive", "extract"): set(),
    ("archive", "crawler"): set(),
    ("archive", "publish"): set(),
    # the index the build made; where the parts of a publication lie; under which licence it is
    ("publish", "archive"): {
        "gongkai.archive.store.search",
        "gongkai.archive.publication.layout",
        "gongkai.archive.publication.words",
    },
    ("publish", "extract"): {"gongkai.extract.forms"},
}
# Only these modules of archive/ see the other stages: the build reads snapshots, commands join all.
JOINTS = {
    "crawler": (
        "archive/commands/",
        "archive/pipeline/builder.py",
        "archive/pipeline/add_file.py",
        "archive/terminal/night_summary.py",
        "archive/cli.py",
    ),
    "publish": ("archive/commands/",),
}
LIBRARIES = {
    "scrapy": "crawler",
    "twisted": "crawler",
    "warcio": "crawler",
    "bs4": "extract",
    "lxml": "extract",
    "pdfminer": "extract",
    "docx": "extract",
    "sqlite_utils": "archive",
    "click": "archive",
    "tqdm": "archive",
    "pypinyin": "archive",
    "xlsxwriter": "archive",
    "pyarrow": "archive",
    "datasette": "publish",
    "dask": "archive",
    "distributed": "archive",
}
ELSEWHERE = {
    # fonts' code tables are loaded once in the parent of the reading processes, not in each child
    "archive/workers/preload.py": {"pdfminer"},
    # an error of the command line, raised where the server is started
    "publish/server/datasette_server.py": {"click"},
}
IMPURE = {
    "socket",
    "subprocess",
    "sqlite3",
    "urllib.request",
    "http.client",
    "requests",
    "os",
    "tempfile",
    "time",
    "random",
}


def modules(stage: str) -> list[Path]:
    return sorted((ROOT / stage).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def within(module: str, names: set[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


@pytest.mark.parametrize("stage", STAGES)
def test_stages_meet_where_the_design_says(stage: str) -> None:
    wrong = []
    for path in modules(stage):
        place = path.relative_to(ROOT).as_posix()
        for module in imports(path):
            other = module.split(".")[0]
            if other not in STAGES or other == stage:
                continue
            allowed = ALLOWED.get((stage, other))
            fits = allowed is not None and (not allowed or within(module, allowed))
            if stage == "archive" and other in JOINTS:
                fits = place.startswith(JOINTS[other])
            if not fits:
                wrong.append(f"{place} imports {module}")
    assert wrong == []


@pytest.mark.parametrize("stage", STAGES)
def test_each_library_has_its_stage(stage: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in modules(stage)
        for module in imports(path)
        if LIBRARIES.get(module.split(".")[0], stage) != stage
        and module.split(".")[0] not in ELSEWHERE.get(path.relative_to(ROOT).as_posix(), set())
    ]
    assert wrong == []


def test_extraction_is_pure() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in modules("extract")
        for module in imports(path)
        if module in IMPURE or module.split(".")[0] in IMPURE
    ]
    assert wrong == []
