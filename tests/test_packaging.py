"""What is installed: every folder of the repository that holds code, below `gongkai`."""

from __future__ import annotations

import tomllib

from tests.paths import ROOT

SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "setuptools"
]
FOLDERS = {
    name.removeprefix("gongkai."): folder
    for name, folder in SETUPTOOLS["package-dir"].items()
    if name != "gongkai"
}


def test_every_package_is_installed() -> None:
    found = {
        f"gongkai.{path.parent.relative_to(ROOT).as_posix().replace('/', '.')}"
        for folder in FOLDERS.values()
        for path in (ROOT / folder).rglob("__init__.py")
    }
    assert sorted(SETUPTOOLS["packages"]) == sorted(found | {"gongkai", "gongkai.locale"})


def test_every_module_stands_in_a_package() -> None:
    alone = [
        path.relative_to(ROOT).as_posix()
        for folder in FOLDERS.values()
        for path in (ROOT / folder).rglob("*.py")
        if not (path.parent / "__init__.py").is_file()
    ]
    assert alone == []


def test_the_links_lead_where_the_installation_does() -> None:
    links = {
        path.name: path.readlink().as_posix()
        for path in (ROOT / "gongkai").iterdir()
        if path.is_symlink()
    }
    assert links == {name: f"../{folder}" for name, folder in FOLDERS.items()}
