"""Files that others can put something else in the place of."""

from __future__ import annotations

import ast
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gongkai.catalogue import text
from gongkai.regular_file import (
    FileTooLarge,
    NotRegularFile,
    open_regular,
    read_regular,
    require_regular,
)
from tests.paths import ROOT
from tests.waiting import no_waiting


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with no_waiting():
        yield


def put_socket(path: Path) -> None:
    before = Path.cwd()
    os.chdir(path.parent)  # the address of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
    finally:
        os.chdir(before)


def put_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("put", [os.mkfifo, put_socket, put_device])
@pytest.mark.parametrize(
    "read", [open_regular, require_regular, lambda path: read_regular(path, 10)]
)
def test_what_is_no_file_is_refused_in_words(
    tmp_path: Path, put: Callable[[Path], None], read: Callable[[Path], object]
) -> None:
    path = tmp_path / "kept.json"
    put(path)
    with pytest.raises(NotRegularFile) as problem:
        read(path)
    assert text("en", problem.value.message) == (
        f"{path}: it is no file, but a pipe, a socket or a device"
    )


def test_a_folder_and_a_missing_file_are_named_as_the_system_does(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        open_regular(tmp_path)
    with pytest.raises(FileNotFoundError):
        open_regular(tmp_path / "missing")
    require_regular(tmp_path / "missing")


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    path.write_bytes(b"0123456789")
    assert read_regular(path, 10) == b"0123456789"
    link = tmp_path / "link"
    link.symlink_to(path)
    assert read_regular(link, 10) == b"0123456789"
    with pytest.raises(FileTooLarge):
        read_regular(path, 9)


ROOMS = ("clock", "evidence", "imports", "manifests", "merging", "warc", "webarchives")
SYSTEM_FILES = {"crawler/warc/mounts.py"}
"""Modules that read files of the system."""


def test_whoever_reads_kept_files_reads_regular_files_alone() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for room in ROOMS
        for path in sorted((ROOT / "crawler" / room).glob("*.py"))
        if str(path.relative_to(ROOT)) not in SYSTEM_FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _reads_any_file(node)
    ]
    assert found == []


def _reads_any_file(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    modes = [each.value for each in call.args if isinstance(each, ast.Constant)]
    return call.func.attr in ("read_bytes", "read_text") or (
        call.func.attr == "open" and "rb" in modes
    )
