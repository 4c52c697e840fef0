"""The rooms of the house: who may import whom, and which library belongs where.

One table, read from the imports of the code. A room may import itself, the rooms that stand below it
in its stage, and what `DOORS` names of other stages.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.paths import ROOT

STAGES = ("crawler", "extract", "archive", "publish")
MOST_MODULES = 20

ORDER = {
    # from the top floor down; rooms on one line do not import each other
    "crawler": (
        ("entry",),
        ("probe",),
        ("probe_reader", "runs"),
        ("spiders",),
        ("components", "merging"),
        ("webarchives",),
        ("imports",),
        ("analysis", "network", "browser", "evidence"),
        ("discovery/cms", "discovery/hosts"),
        ("discovery", "warc"),
        ("discovery/words", "discovery/scripting", "warc/tables"),
        ("foreign", "manifests", "index_log"),
        ("sites", "clock"),
        ("settings", "setting_error", "long_work"),
    ),
    "extract": (
        ("ocr_layout", "classify", "embedded_images", "cell_places"),
        ("report",),
        ("document_kind", "zip_attachments", "second_reading"),
        ("formats/html", "formats/pdf", "formats/ofd", "formats/docx", "formats/text"),
        ("formats",),
        ("layout", "tables", "checks", "block_pages"),
        ("chinese",),
        ("model",),
        ("forms",),
        ("errors",),
    ),
    "archive": (
        ("cli",),
        ("commands",),
        ("commands/shared",),
        ("terminal", "digest"),
        ("pipeline", "releases"),
        ("lineage", "checks", "publication", "workers"),
        ("renewal",),
        ("rollups", "publication/parts"),
        ("codebook",),
        ("store/names",),
        ("store",),
        ("store/pooled", "store/schema"),
        ("progress",),
        ("errors",),
    ),
    "publish": (
        ("server",),
        ("plugins",),
        ("views/pictures", "views/kept", "views/queries", "views/interface", "views/releases"),
        ("views",),
        ("interface",),
        ("pages",),
        ("pages/lists", "pages/proof"),
        ("pages/report", "pages/data", "pages/builder"),
        ("pages/places",),
        ("charts",),
        ("wording", "facets"),
        ("http",),
        ("site",),
        ("datasette_types", "errors", "rendering", "queries"),
    ),
}
"""The rooms of a stage. A module that stands alone at the top of its stage is a room too."""

DOORS = {
    # what a page is, is decided by its content, in one place
    ("crawler", "extract"): {
        "analysis": ("extract.classify", "extract.chinese"),
        "components": ("extract.classify", "extract.chinese.charset"),
        "imports": ("extract.classify",),
        "probe_reader": ("extract.classify", "extract.chinese"),
        "discovery/words": ("extract.chinese.divisions",),
        "discovery/scripting": ("extract.chinese.charset",),
        "discovery": (
            "extract.chinese",
            "extract.formats.html.element_limits",
            "extract.formats.suffixes",
        ),
    },
    ("archive", "extract"): {
        "commands": ("extract",),
        "commands/shared": ("extract.chinese.divisions",),
        "pipeline": ("extract",),
        "lineage": ("extract.chinese", "extract.model"),
        "checks": ("extract",),
        "workers": ("extract",),
        "store": ("extract.chinese", "extract.forms", "extract.model"),
        "store/names": ("extract.chinese.agencies",),
        "store/pooled": ("extract.forms",),
        "publication": ("extract.model.tidy_rows",),
        "codebook": ("extract.forms",),
        "terminal": ("extract.forms",),
    },
    # the build reads originals, commands join all stages
    ("archive", "crawler"): {
        "cli": ("crawler.sites",),
        "commands": ("crawler",),
        "commands/shared": ("crawler",),
        "pipeline": (
            "crawler.sites",
            "crawler.warc",
            "crawler.index_log",
            "crawler.evidence",
            "crawler.manifests",
            "crawler.imports.held_records",
        ),
        # the name of the site of added documents, and where the records of others lie
        "store": ("crawler.sites.registry", "crawler.warc.trust"),
        "terminal": ("crawler.warc.snapshot", "crawler.imports.import_run"),
    },
    ("archive", "publish"): {
        # a digest tells what feeds tell
        "digest": (
            "publish.pages.lists",
            "publish.pages.builder.table_query",
            "publish.facets.bitmaps",
            "publish.wording.rules",
            "publish.http.query_args",
            "publish.datasette_types",
        ),
        "commands": (
            "publish.server",
            "publish.wording",
            "publish.http.path_prefix",
            "publish.queries",
        ),
        "commands/shared": (
            "publish.pages.proof",
            "publish.pages.report.originals",
            "publish.rendering",
        ),
    },
    # the index that the build made; where the parts of a publication are; its licence
    ("publish", "archive"): {
        "site": ("archive.store.database",),
        "http": (
            "archive.store.csv_formulas",
            "archive.store.views",
            "archive.publication.parts.stretches",
        ),
        "pages": ("archive.store.work_queue", "archive.store.pooled", "archive.rollups"),
        "facets": (
            "archive.store.search",
            "archive.store.database",
            "archive.store.pooled",
            "archive.rollups",
        ),
        "interface": ("archive.publication.licence",),
        "wording": (
            "archive.store.search",
            "archive.store.measures_sql",
            "archive.codebook",
        ),
        "pages/places": (
            "archive.store.search",
            "archive.store.measures_sql",
            "archive.store.pooled",
            "archive.rollups",
        ),
        "pages/report": (
            "archive.store.search",
            "archive.store.database",
            "archive.store.former_ids",
            "archive.checks.differences",
        ),
        "pages/lists": (
            "archive.rollups",
            "archive.store.search",
            "archive.store.search_question",
            "archive.store.names",
        ),
        "pages/proof": ("archive.checks.differences", "archive.store.search"),
        "rendering": ("archive.workers", "archive.errors"),
        "pages/builder": (
            "archive.rollups",
            "archive.store.pooled",
            "archive.store.search",
            "archive.store.measures_sql",
        ),
        "pages/data": (
            "archive.publication.layout",
            "archive.publication.parts",
            "archive.codebook",
            "archive.releases",
            "archive.store.pooled",
        ),
        "plugins": ("archive.store.search", "archive.store.former_ids"),
        "views/releases": (
            "archive.releases",
            "archive.publication.licence",
            "archive.publication.parts.stretches",
        ),
        "views/pictures": ("archive.store.measures_sql",),
        "views": (
            "archive.store.measures_sql",
            "archive.codebook",
            "archive.publication.licence",
            "archive.releases",
            "archive.store.report_address",
            "archive.store.search",
            "archive.store.names.name_search",
        ),
        # the layout of what is ready: a file with another one is not served
        "server": (
            "archive.publication.layout",
            "archive.releases",
            "archive.rollups.rollup_layout",
            "archive.store.database",
        ),
    },
    ("publish", "extract"): {
        # where divisions lie in the list of another year
        "http": ("extract.chinese.vintages",),
        "wording": ("extract.forms",),
        "pages/report": ("extract.forms",),
        "pages/proof": ("extract.model",),
        "rendering": (
            "extract.cell_places",
            "extract.errors",
            "extract.formats",
            "extract.model",
        ),
        "pages/builder": ("extract.forms",),
    },
}
"""Stage and other stage: room -> the packages of the other stage that it may import."""

LIBRARIES = {
    "scrapy": ("crawler",),
    "twisted": ("crawler",),
    "parsel": ("crawler/discovery",),
    "itemadapter": ("crawler",),
    "playwright": ("crawler/browser",),
    "warcio": ("crawler/warc",),
    "brotli": ("crawler/warc",),
    "backports": ("crawler/warc", "crawler/imports"),
    "rfc3161_client": ("crawler/evidence",),
    "cryptography": ("crawler/evidence",),
    "bs4": ("extract/formats",),
    "lxml": ("extract/formats", "crawler/discovery"),
    "pdfminer": ("extract/formats/pdf",),
    "pypdfium2_raw": ("extract/formats/pdf",),
    "python_calamine": ("extract/formats",),
    "sqlite_utils": ("archive/store",),
    "click": ("archive",),
    "tqdm": ("archive",),
    "pypinyin": ("archive/store",),
    "opencc": ("archive/store/names",),
    "datasketch": ("archive/checks",),
    "xlsxwriter": ("archive/publication", "publish/pages/builder"),
    "pyarrow": ("archive/publication",),
    "pandas": ("archive/publication",),
    "frictionless": ("archive/publication",),
    "dask": ("archive",),
    "distributed": ("archive",),
    "cv2": ("archive/workers",),
    "pypdfium2": ("archive/workers", "publish/rendering"),
    "nh3": ("publish/rendering",),
    "resvg_py": ("publish/rendering",),
    "rapidocr_onnxruntime": ("archive/workers",),
    "datasette": (
        "publish/plugins",
        "publish/server",
        "publish/http",
        "publish/facets",
        "publish/views",
        "publish/views/kept",
        "publish/views/interface",
    ),
    "httpx": ("publish/server", "archive/terminal"),
    "uvicorn": ("publish/server",),
    "h11": ("publish/server",),
    # processes and limits
    "subprocess": (
        "archive/workers",
        "crawler/analysis",
        "crawler/runs",
        "publish/rendering",
    ),
    "resource": (
        "archive/workers",
        "crawler/analysis",
        "crawler/runs",
        "crawler/browser",
        "publish/queries",
    ),
}  # fmt: skip
"""A library and the rooms, or the modules, that may import it."""

IMPURE = {
    "socket", "subprocess", "sqlite3", "urllib.request", "http.client", "requests", "os",
    "tempfile", "time", "random",
}  # fmt: skip
"""What `extract/` never imports: it knows bytes and nothing else."""

SAME_NAME = {("extract", "report")}
"""`extract/report.py` is the entry, `extract/model/report.py` the data that it returns; both paths
are public. No other name is used twice in a stage."""


def modules(stage: str) -> list[Path]:
    """Return the modules of a stage, relative to the checkout, without its package files."""
    found = (path.relative_to(ROOT) for path in (ROOT / stage).rglob("*.py"))
    return sorted(path for path in found if path.name != "__init__.py")


def room_of(path: Path) -> str:
    """Return the room a module stands in: its folder within the stage, or its own name at the top."""
    inner = path.with_suffix("").relative_to(path.parts[0])
    return inner.as_posix() if len(inner.parts) == 1 else inner.parent.as_posix()


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Return the dotted names a module imports; `from a import b` is a.b where that is a module."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            base = node.module or ""
            for alias in node.names:
                name = f"{base}.{alias.name}"
                yield name if module_file(name) else base


def module_file(name: str) -> Path | None:
    """Return the file of one of our modules, None for packages and for names of others."""
    if not name.startswith("gongkai."):
        return None
    path = Path(*name.split(".")[1:]).with_suffix(".py")
    return path if (ROOT / path).is_file() else None


@cache
def arrows() -> Mapping[Path, set[Path]]:
    """Return which of our modules imports which."""
    found: dict[Path, set[Path]] = defaultdict(set)
    for stage in STAGES:
        for path in modules(stage):
            for name in imports(path):
                other = module_file(name) or package_file(name)
                if other and other != path:
                    found[path].add(other)
    return found


def package_file(name: str) -> Path | None:
    """Return the file of one of our packages."""
    if not name.startswith("gongkai."):
        return None
    path = Path(*name.split(".")[1:]) / "__init__.py"
    return path if (ROOT / path).is_file() else None


def floor_of(stage: str, room: str) -> int:
    """Return how high a room stands in its stage. Raises KeyError for a room without a place."""
    for height, rooms in enumerate(reversed(ORDER[stage])):
        if room in rooms:
            return height
    raise KeyError(f"{stage}/{room} has no place in ORDER")


@pytest.mark.parametrize("stage", STAGES)
def test_arrows_run_downwards_within_a_stage(stage: str) -> None:
    wrong = []
    for path, others in arrows().items():
        if path.parts[0] != stage:
            continue
        for other in others:
            if other.parts[0] != stage or room_of(other) == room_of(path):
                continue
            if floor_of(stage, room_of(path)) <= floor_of(stage, room_of(other)):
                wrong.append(f"{path} imports {other}")
    assert wrong == []


def test_stages_meet_at_their_doors() -> None:
    wrong = []
    for stage in STAGES:
        for path in modules(stage):
            for name in imports(path):
                other = name.split(".")[1] if name.startswith("gongkai.") else stage
                if other == stage or other not in STAGES:
                    continue
                allowed = DOORS.get((stage, other), {}).get(room_of(path), ())
                if not any(f"{name}.".startswith(f"gongkai.{door}.") for door in allowed):
                    wrong.append(f"{path} imports {name}")
    assert wrong == []


def test_there_is_no_circle() -> None:
    """Modules can be taken away one after another, each when all that it imports is gone."""
    left = {path: set(others) for path, others in arrows().items()}
    while free := [path for path, others in left.items() if not (others & left.keys())]:
        for path in free:
            del left[path]
    assert left == {}


def test_each_library_has_its_room() -> None:
    wrong = []
    for stage in STAGES:
        for path in modules(stage):
            for name in imports(path):
                allowed = LIBRARIES.get(name.split(".")[0])
                if allowed and not any(f"{path}/".startswith(f"{room}/") for room in allowed):
                    wrong.append(f"{path} imports {name}")
    assert wrong == []


def test_extraction_is_pure() -> None:
    wrong = [
        f"{path} imports {name}"
        for path in modules("extract")
        for name in imports(path)
        if name in IMPURE or name.split(".")[0] in IMPURE
    ]
    assert wrong == []


def test_packages_are_imported_by_their_installed_name() -> None:
    """`import extract` works in a checkout alone, and would load every module a second time."""
    tops = set(STAGES)
    files = [
        *(p for stage in STAGES for p in modules(stage)),
        *(p.relative_to(ROOT) for p in (ROOT / "tests").rglob("*.py")),
    ]
    wrong = [
        f"{path} imports {name}"
        for path in files
        for name in imports(path)
        if name.split(".")[0] in tops
    ]
    assert wrong == []


@pytest.mark.parametrize("stage", STAGES)
def test_a_room_can_be_taken_in_at_a_glance(stage: str) -> None:
    rooms = Counter(path.parent.as_posix() for path in modules(stage))
    assert {room: n for room, n in rooms.items() if n > MOST_MODULES} == {}


@pytest.mark.parametrize("stage", STAGES)
def test_a_name_is_used_once_in_a_stage(stage: str) -> None:
    names = Counter(path.stem for path in modules(stage))
    twice = {name for name, n in names.items() if n > 1 and (stage, name) not in SAME_NAME}
    assert twice == set()
