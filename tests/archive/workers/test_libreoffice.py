"""Old Word files go through LibreOffice and come out as the report they are, or say why not."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from gongkai.archive.cli import main
from gongkai.archive.workers import libreoffice as convert_module
from gongkai.archive.workers.libreoffice import (
    UNISOLATED,
    ConversionError,
    ConverterLimits,
    can_convert,
    convert_to_docx,
    is_unisolated,
)
from gongkai.catalogue import stored_text
from gongkai.extract.formats.media_type import DOC, ODT, RTF, ZIP
from gongkai.extract.forms import FORM_2021
from gongkai.extract.model.report import Source
from tests.archive.reading import read_sandboxed
from tests.extract.printed_forms import TITLE, balanced, flat, numbers
from tests.printing.matrix import Style
from tests.printing.word import Markup, document, packed
from tests.waiting import wait_until

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


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Puts a shell script in the place of LibreOffice, in a folder that everybody may read.

    The script knows its `home`, and what it writes to `$out` is the converted document.
    """
    with tempfile.TemporaryDirectory(prefix="office-") as name:
        Path(name).chmod(0o755)
        script = Path(name) / "soffice"

        def place(code: str) -> None:
            head = (
                "#!/bin/sh\n"
                'for last; do :; done; home=$(dirname "$last"); mkdir -p "$home/made"\n'
                'out="$home/made/document.docx"\n'
            )
            script.write_text(f"{head}{code}\n", encoding="utf-8")
            script.chmod(0o755)

        monkeypatch.setattr(convert_module, "_office", lambda: str(script))
        yield place


def told(limits: ConverterLimits = ConverterLimits()) -> list[str]:  # noqa: B008  # frozen
    """Return the lines that a script wrote in place of a document."""
    return convert_to_docx(b"{\\rtf1}", RTF, limits).decode().splitlines()


def is_running(word: bytes) -> bool:
    """Return whether a process has a word in its command line."""
    commands = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended
            commands.append(path.read_bytes())
    return any(word in command for command in commands)


def test_time_is_up_and_nothing_is_left(office: Callable[[str], None]) -> None:
    office("sleep 961.25 &\nsetsid sleep 961.25 &\nsleep 961.25")
    with pytest.raises(ConversionError, match="libreoffice_timeout"):
        told(ConverterLimits(wall=1))
    wait_until(lambda: not is_running(b"961.25"))


def test_no_network_and_no_home(
    office: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What runs in the converter's place sees the limits and no way out."""
    monkeypatch.setenv("SECRET", "kept")
    office(
        '(ulimit -v; ulimit -f; cat /proc/net/dev | grep -c :; echo "$HOME" "$home" $SECRET) > "$out"'
    )
    memory, size, devices, homes = told()
    assert int(memory) == 800 * 1024
    assert int(size) in (64 * 1024, 128 * 1024)  # blocks of 1024 or 512 bytes
    assert devices == "1"
    home, folder = homes.split()
    assert home == folder
    assert not Path(folder).exists()


def test_a_process_that_multiplies_is_stopped(office: Callable[[str], None]) -> None:
    """The shell cannot fork any more and gives up; what it started ends with it."""
    office("i=0; while [ $i -lt 200 ]; do sleep 900 & i=$((i+1)); echo $i > $out; done")
    counted = told()
    assert 1 < int(counted[0]) < 64


def test_started_by_root_it_runs_as_nobody(office: Callable[[str], None]) -> None:
    office('touch "$home/made/mark"; stat -c %u "$home" > "$out"; cat /etc/shadow >> "$out"')
    owner, *secrets = told()
    assert int(owner) == 0  # in its own namespace it seems to be root
    assert secrets == [] or os.getuid() != 0


def test_a_link_out_of_the_folder_is_not_followed(office: Callable[[str], None]) -> None:
    office('ln -s /etc/hostname "$out"')
    with pytest.raises(ConversionError, match="libreoffice_failed"):
        told()


@pytest.fixture
def no_isolation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose kernel allows no namespaces."""
    monkeypatch.setattr(convert_module, "_isolating_command", lambda: ())
    monkeypatch.delenv(UNISOLATED, raising=False)


@pytest.mark.usefixtures("no_isolation")
def test_without_isolation_it_does_not_run(
    office: Callable[[str], None], old: dict[str, bytes]
) -> None:
    office('touch "$home/made/document.docx"')
    found = read_sandboxed(old[DOC], Source())
    assert found.outcome == "unreadable"
    assert "--unisolated-libreoffice" in stored_text("en", found.why)
    assert "util-linux" in stored_text("zh", found.why)
    assert not can_convert()


@pytest.mark.usefixtures("no_isolation")
def test_without_isolation_it_runs_where_the_operator_chose_that(
    office: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(UNISOLATED, "1")
    office("ulimit -v > $out")
    assert told() == [str(800 * 1024)]
    assert is_unisolated()


def test_without_unshare_there_is_no_isolation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    convert_module._isolating_command.cache_clear()
    try:
        assert convert_module._isolating_command() == ()
    finally:
        convert_module._isolating_command.cache_clear()


def test_the_option_is_the_operators_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    for command in ("build", "nightly", "add"):
        monkeypatch.setenv(UNISOLATED, "")
        words = [command, "--unisolated-libreoffice", "--db", "/nowhere/a.db"]
        CliRunner().invoke(main, words + ["x"] * (command == "add"))
        assert os.environ[UNISOLATED] == "1"
