"""The files in requirements/: the versions of constraints.txt, each with the hashes of its files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.paths import ROOT

FOLDER = ROOT / "requirements"
LOCKS = sorted(path.name for path in FOLDER.glob("*.txt"))
PYTHONS = ("3.11.7", "3.12.1", "3.13.0")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = {
    "run.txt": (),
    "container.txt": ("parquet",),
    "checks.txt": ("ocr", "cluster", "parquet", "test", "lint", "docs"),
}


@dataclass(frozen=True)
class Pin:
    """One package of a lock file."""

    name: str
    version: str
    marker: Marker | None
    hashes: tuple[str, ...]

    def is_for(self, python: str) -> bool:
        """Whether CPython of that version installs it on Linux."""
        environment = {
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "os_name": "posix",
            "sys_platform": "linux",
            "platform_system": "Linux",
            "python_version": python.rpartition(".")[0],
            "python_full_version": python,
        }
        return self.marker is None or self.marker.evaluate(environment)


def pins(name: str) -> Iterator[Pin]:
    """Yield what a lock file pins; anything that is no pin fails."""
    text = (FOLDER / name).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        asked, *hashes = re.split(r"\s+--hash=", line.strip())
        requirement = Requirement(asked)
        (version,) = requirement.specifier
        assert version.operator == "=="
        yield Pin(
            canonicalize_name(requirement.name),
            version.version,
            requirement.marker,
            tuple(hashes),
        )


def versions(path: str) -> dict[str, str]:
    """Return the exact versions of a file of plain pins."""
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    asked = [line.split("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in asked}


@pytest.mark.parametrize("name", LOCKS)
def test_every_file_of_every_package_has_its_hash(name: str) -> None:
    found = list(pins(name))
    assert found
    for pin in found:
        assert pin.hashes, pin
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in pin.hashes), pin


@pytest.mark.parametrize("name", LOCKS)
def test_no_file_names_a_registry(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
    assert "find-links" not in text


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", [*EXTRAS, "build.txt"])
def test_the_versions_are_those_of_the_constraints(name: str, python: str) -> None:
    known = versions("constraints.txt")
    locked = {pin.name: pin.version for pin in pins(name) if pin.is_for(python)}
    assert {each: known.get(each) for each in locked} == locked


def test_every_constraint_is_locked() -> None:
    locked = {pin.name for pin in pins("checks.txt")}
    assert versions("constraints.txt").keys() - locked == set()


@pytest.mark.parametrize("name", ["replay.txt", "wacz.txt"])
def test_programs_of_others_have_environments_of_their_own(name: str) -> None:
    locked = {pin.name: pin.version for pin in pins(name)}
    assert versions(f"tests/{name}").items() <= locked.items()


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", EXTRAS)
def test_all_that_the_project_asks_for_is_locked(name: str, python: str) -> None:
    asked = [*PROJECT["dependencies"], "setuptools"]
    for extra in EXTRAS[name]:
        asked += PROJECT["optional-dependencies"][extra]
    locked = {pin.name: pin.version for pin in pins(name) if pin.is_for(python)}
    for line in asked:
        requirement = Requirement(line)
        needed = requirement.marker is None or requirement.marker.evaluate(
            {"python_version": python.rpartition(".")[0]}
        )
        if needed and requirement.name != PROJECT["name"]:
            assert locked[canonicalize_name(requirement.name)] in requirement.specifier


def test_nothing_is_installed_without_its_hash() -> None:
    """In `make`, the container and the nightly workflow; our own code comes from the folder."""
    for path in ("Makefile", "deploy/Containerfile", ".github/workflows/nightly.yml"):
        text = (ROOT / path).read_text(encoding="utf-8").replace("\\\n", " ")
        for name, value in re.findall(r"^(\w+) := (.*)$", text, re.M):
            text = text.replace(f"$({name})", value)
        calls = re.findall(r"pip install (.*)", text)
        assert calls, path
        for call in calls:
            ours = "--no-deps" in call and re.search(r" \.$", call.rstrip(" \\"))
            assert "--require-hashes" in call or ours, (path, call)
