"""The recipe of docs/releasing.md, up to the upload: build, look inside, install, run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.paths import ROOT

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
NAME = f"gongkai_archive-{VERSION}"


def run(*words: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Run a program to its good end and return what it printed."""
    done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tracked files alone: what lies about in a working folder must not reach a release."""
    folder = tmp_path_factory.mktemp("checkout")
    listed = run("git", "ls-files", "-z", cwd=ROOT).split("\0")
    for name in filter(None, listed):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_symlink():
            target.symlink_to((ROOT / name).readlink())
        elif (ROOT / name).is_file():
            target.write_bytes((ROOT / name).read_bytes())
    return folder


@pytest.fixture(scope="module")
def dist(checkout: Path) -> Path:
    """The source archive, and the wheel that is built from it."""
    run(sys.executable, "-m", "build", "--no-isolation", checkout, cwd=checkout)
    return checkout / "dist"


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    return dist / f"{NAME}-py3-none-any.whl"


def names(wheel: Path) -> list[str]:
    """Return the files of a wheel."""
    with zipfile.ZipFile(wheel) as opened:
        return sorted(opened.namelist())


def test_the_wheel_puts_one_package_at_the_top(wheel: Path) -> None:
    assert {name.split("/")[0] for name in names(wheel)} == {"gongkai", f"{NAME}.dist-info"}


def test_the_wheel_holds_every_tracked_file_of_the_packages(wheel: Path, checkout: Path) -> None:
    folders = ("archive", "crawler", "extract", "publish", "replica", "locale")
    source = {
        f"gongkai/{path.relative_to(checkout).as_posix()}"
        for folder in folders
        for path in (checkout / folder).rglob("*")
        if path.is_file() and path.suffix != ".md"
    }
    source |= {f"gongkai/{path.name}" for path in (checkout / "gongkai").glob("*.py")}
    assert sorted(source - set(names(wheel))) == []


def test_a_wheel_from_the_checkout_is_the_wheel_from_the_source_archive(
    wheel: Path, checkout: Path, tmp_path: Path
) -> None:
    run(
        *(sys.executable, "-m", "build", "--wheel", "--no-isolation"),
        *("--outdir", tmp_path, checkout),
        cwd=checkout,
    )
    assert names(tmp_path / wheel.name) == names(wheel)


def test_the_source_archive_has_licence_and_readme(dist: Path) -> None:
    with tarfile.open(dist / f"{NAME}.tar.gz") as opened:
        held = {name.partition("/")[2] for name in opened.getnames()}
    assert {"pyproject.toml", "LICENSE", "README.md", "gongkai/catalogue.py"} <= held


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, which sees the dependencies of this one but not the checkout."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / "bin" / "python"
    site = Path(
        run(
            python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder
        ).strip()
    )
    ours = Path(sysconfig.get_path("purelib"))
    paths = [str(ours), *(p.read_text().strip() for p in ours.glob("*.pth") if _is_path(p))]
    (site / "dependencies.pth").write_text("\n".join(paths), encoding="utf-8")
    run(
        *(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index"),
        *("--no-deps", "--ignore-installed", "--disable-pip-version-check", wheel),
        cwd=folder,
    )
    return folder


def _is_path(path: Path) -> bool:
    """Whether a .pth file names a folder, as opposed to running the hook of an editable install."""
    return Path(path.read_text(encoding="utf-8").strip()).is_dir()


def test_the_demo_runs_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    env |= {"GONGKAI_LANG": "en", "TZ": "UTC"}
    where = run(
        installed / "bin" / "python", "-c", "import gongkai; print(gongkai.__file__)", cwd=tmp_path
    )
    assert Path(where.strip()).is_relative_to(installed)

    run(installed / "bin" / "gongkai", "demo", "--no-serve", cwd=tmp_path, env=env)

    count = run(
        *(sys.executable, "-c"),
        "import sqlite3; print(sqlite3.connect('archive.db').execute('SELECT count(*) FROM reports').fetchone())",
        cwd=tmp_path,
    )
    assert count.strip() == "(4,)"


def test_the_changelog_has_a_section_for_what_comes_next() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## Unreleased$", text, re.M)
