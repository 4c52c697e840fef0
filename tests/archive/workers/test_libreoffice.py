"""Old Word files go through LibreOffice and come out as the report they are, or say why not."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from gongkai.archive.workers import libreoffice as convert_module
from gongkai.archive.workers.libreoffice import ConversionError, ConverterLimits, convert_to_docx
from gongkai.catalogue import stored_text
from gongkai.extract.formats.media_type import DOC, ODT, RTF, ZIP
from gongkai.extract.forms import FORM_2021
from gongkai.extract.model.report import Source
from tests.archive.reading import read_sandboxed
from tests.extract.printed_forms import TITLE, balanced, flat, numbers
from tests.printing.matrix import Style
from tests.printing.word import Markup, document, packed

pytestmark = [
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded"),
]
VALUES = balanced(FORM_2021, 11)
FILTERS = {DOC: "doc:MS Word 97", RTF: "rtf:Rich Text Format", ODT: "odt:writer8"}


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One report in each of the formats, written by LibreOffice itself."""
    folder = tmp_path_factory.mktemp("old")
    source = folder / "report.docx"
    source.write_bytes(
        document(TITLE["2021"], FORM_2021, VALUES, Style(), Markup(numbers="paragraph"))
    )
    made = {}
    for media_type, name in FILTERS.items():
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile"]
        command += ["--convert-to", name, "--outdir", str(folder), str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        made[media_type] = (folder / f"report.{name.split(':')[0]}").read_bytes()
    return made


@pytest.mark.parametrize("media_type", FILTERS)
def test_every_cell_comes_through(old: dict[str, bytes], media_type: str) -> None:
    found = read_sandboxed(old[media_type], Source())
    assert (found.outcome, found.media_type, found.title) == ("report", media_type, TITLE["2021"])
    assert found.report is not None
    assert numbers(found.report) == flat(VALUES)
    assert [section.number for section in found.report.sections] == [1, 2, 3, 4, 5, 6]


def test_inside_a_zip(old: dict[str, bytes]) -> None:
    found = read_sandboxed(packed({"年报.doc": old[DOC], "说明.txt": "x"}), Source())
    assert (found.outcome, found.media_type) == ("report", ZIP)
    assert found.report is not None
    assert numbers(found.report) == flat(VALUES)


@pytest.mark.parametrize("cut", [512, 4000, 20_000])
def test_a_torn_file_is_no_report(old: dict[str, bytes], cut: int) -> None:
    found = read_sandboxed(old[DOC][:cut], Source())
    assert found.outcome in ("unreadable", "not_report")
    assert found.media_type == DOC


def test_libreoffice_is_named_where_it_is_missing(
    old: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    for body in (old[DOC], packed({"年报.doc": old[DOC]})):
        found = read_sandboxed(body, Source())
        assert found.outcome == "unreadable"
        assert "LibreOffice" in stored_text("zh", found.why)
    why = read_sandboxed(old[DOC], Source()).why
    assert "apt-get install libreoffice-writer-nogui" in stored_text("en", why)


def test_time_is_up_and_nothing_is_left(
    old: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "soffice"
    slow.write_text("#!/bin/sh\nsleep 61.25 &\nsleep 61.25\n", encoding="utf-8")
    slow.chmod(0o755)
    monkeypatch.setattr(convert_module, "_office", lambda: str(slow))
    started = time.monotonic()
    with pytest.raises(ConversionError, match="libreoffice_timeout"):
        convert_to_docx(old[DOC], DOC, ConverterLimits(wall=1))
    assert time.monotonic() - started < 10
    time.sleep(0.2)
    running = [
        path.read_bytes()
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if os.access(path, os.R_OK)
    ]
    assert not any(b"61.25" in command for command in running)


def test_no_network_and_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs in the converter's place sees the limits and no way out."""
    spy = tmp_path / "soffice"
    spy.write_text(
        "#!/bin/sh\n"
        'for last; do :; done; home=$(dirname "$last"); mkdir -p "$home/made"\n'
        '(ulimit -v; ulimit -f; cat /proc/net/dev | grep -c :; echo "$HOME" "$home") > "$home/made/document.docx"\n',
        encoding="utf-8",
    )
    spy.chmod(0o755)
    monkeypatch.setattr(convert_module, "_office", lambda: str(spy))
    monkeypatch.setenv("SECRET", "kept")
    memory, size, devices, homes = (
        convert_to_docx(b"{\\rtf1}", RTF, ConverterLimits()).decode().splitlines()
    )
    assert int(memory) == 800 * 1024
    assert int(size) in (64 * 1024, 128 * 1024)  # blocks of 1024 or 512 bytes
    if convert_module._alone():
        assert devices == "1"
    home, folder = homes.split()
    assert home == folder
    assert not Path(folder).exists()
