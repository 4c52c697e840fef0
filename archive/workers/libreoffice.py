"""Old Word, WPS and RTF files converted to .docx by LibreOffice, confined to a folder of its own.

The file may be hostile. The converter gets a profile, a home and limits of its own, no network, no
macros and a bounded number of processes, all of which end with it. Started by root, it runs as
nobody. Where this machine cannot isolate it, it runs only if the operator has chosen that.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gongkai.archive.errors import UnreadDocumentError
from gongkai.extract.formats.media_type import DOC, ODT, RTF

CONVERTED = {DOC: ".doc", RTF: ".rtf", ODT: ".odt"}
"""Media types that are converted, with the ending that LibreOffice expects."""

UNISOLATED = "GONGKAI_UNISOLATED_LIBREOFFICE"
"""The variable of the environment by which an operator lets LibreOffice run without isolation."""

_PACKAGE = "libreoffice-writer-nogui"
_NOBODY = 65534
_ISOLATED = ("unshare", "--net", "--pid", "--fork", "--kill-child")
_AS_NOBODY = ("setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups")
_AS_USER = (*_ISOLATED, "--map-root-user")
_MIB = 1024 * 1024
# No link of a document is followed and no macro runs, whatever the defaults of a later version are.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


@dataclass(frozen=True, slots=True)
class ConverterLimits:
    """What the converter may use: MiB of memory and of any one file, seconds, processes and threads.

    Processor time (`cpu`) decides about a document; the clock (`wall`) is a backstop that a busy
    machine must not reach.
    """

    memory: int = 800
    file: int = 64
    cpu: int = 15
    wall: float = 150.0
    processes: int = 64


LIMITS = ConverterLimits()


class ConversionError(UnreadDocumentError):
    """LibreOffice gave no .docx; the message says why."""


def convert_to_docx(body: bytes, media_type: str, limits: ConverterLimits = LIMITS) -> bytes:
    """Return a document of one of the CONVERTED types as .docx.

    Raises:
        ConversionError: LibreOffice is missing, cannot be isolated, fails, or takes too long.
    """
    office = _office()
    isolation = _isolation()
    with tempfile.TemporaryDirectory(prefix="gongkai-") as name:
        folder = Path(name)
        source = folder / f"document{CONVERTED[media_type]}"
        source.write_bytes(body)
        settings = folder / "profile" / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(_SETTINGS, encoding="utf-8")
        _hand_over(folder, isolation)
        ended = _run(
            [*isolation, *_limited(limits), office, *_options(folder), str(source)], folder, limits
        )
        made = folder / "made" / "document.docx"
        # a link would lead out of the folder; nothing that could set one is left by now
        if made.resolve() != folder.resolve() / "made" / "document.docx":
            raise ConversionError("libreoffice_failed", code=ended)
        if not made.is_file() or made.stat().st_size > limits.file * _MIB:
            raise ConversionError("libreoffice_failed", code=ended)
        return made.read_bytes()


def _office() -> str:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None or shutil.which("prlimit") is None:
        raise ConversionError("libreoffice_missing", package=_PACKAGE)
    return office


def can_convert() -> bool:
    """Return whether old Word files can be converted here."""
    try:
        _office()
        _isolation()
    except ConversionError:
        return False
    return True


def is_unisolated() -> bool:
    """Return whether LibreOffice runs here without isolation, because the operator chose that."""
    return can_convert() and not _isolation()


def _isolation() -> tuple[str, ...]:
    """Return the command that isolates another one, () where the operator does without.

    Raises:
        ConversionError: this machine cannot isolate it, and the operator has not chosen otherwise.
    """
    if found := _isolating_command():
        return found
    if os.environ.get(UNISOLATED, "").lower() in ("1", "true", "yes", "on"):
        return ()
    raise ConversionError("libreoffice_unisolated")


def _limited(limits: ConverterLimits) -> list[str]:
    return [
        "prlimit",
        f"--as={limits.memory * _MIB}",
        f"--cpu={limits.cpu}",
        f"--fsize={limits.file * _MIB}",
        f"--nproc={limits.processes}",
        "--core=0",
    ]


@cache
def _isolating_command() -> tuple[str, ...]:
    """Return a command that cuts off the network and ends all descendants, () where none works.

    Best is a user namespace of somebody who is not root: the kernel counts processes for each, and
    never those of root. The commands are tried on a folder as the converter gets it.
    """
    commands: list[tuple[str, ...]] = [_AS_USER]
    if os.getuid() == 0:
        commands[:0] = [(*_AS_NOBODY, *_AS_USER), _ISOLATED]
    for command in commands:
        with tempfile.TemporaryDirectory(prefix="gongkai-") as name:
            _hand_over(Path(name), command)
            try:
                tried = subprocess.run(
                    [*command, "test", "-w", name], capture_output=True, timeout=60, check=False
                )
            except (OSError, subprocess.TimeoutExpired):
                continue
        if tried.returncode == 0:
            return command
    return ()


def _hand_over(folder: Path, isolation: tuple[str, ...]) -> None:
    """Give a folder and all in it to nobody, where the converter runs as nobody."""
    if isolation[: len(_AS_NOBODY)] == _AS_NOBODY:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, _NOBODY, _NOBODY)


def _options(folder: Path) -> list[str]:
    return [
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--nodefault",
        f"-env:UserInstallation=file://{folder}/profile",
        "--convert-to",
        "docx:MS Word 2007 XML",
        "--outdir",
        str(folder / "made"),
    ]


def _run(command: list[str], folder: Path, limits: ConverterLimits) -> int:
    """Run to the end or to the deadline, end the whole process group, and return the exit code.

    Raises:
        ConversionError: the deadline has passed.
    """
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={"PATH": os.defpath, "HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.wait(limits.wall)
    except subprocess.TimeoutExpired as late:
        raise ConversionError("libreoffice_timeout", seconds=f"{limits.wall:g}") from late
    finally:
        with suppress(ProcessLookupError):  # all of it has ended already
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
