"""Old Word, WPS and RTF files converted to .docx by LibreOffice, confined to a folder of its own.

The file may be hostile. The converter gets a profile, a home and limits of its own, no network and
no macros, and all processes that it started end with it.
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

_PACKAGE = "libreoffice-writer-nogui"
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
    """What the converter may use: MiB of memory and of any one file, seconds."""

    memory: int = 800
    file: int = 64
    cpu: int = 15
    wall: float = 25.0


LIMITS = ConverterLimits()


class ConversionError(UnreadDocumentError):
    """LibreOffice gave no .docx; the message says why."""


def convert_to_docx(body: bytes, media_type: str, limits: ConverterLimits = LIMITS) -> bytes:
    """Return a document of one of the CONVERTED types as .docx.

    Raises:
        ConversionError: LibreOffice is missing, fails, or takes too long.
    """
    office = _office()
    with tempfile.TemporaryDirectory(prefix="gongkai-") as name:
        folder = Path(name)
        source = folder / f"document{CONVERTED[media_type]}"
        source.write_bytes(body)
        settings = folder / "profile" / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(_SETTINGS, encoding="utf-8")
        ended = _run([*_confined(limits), office, *_options(folder), str(source)], folder, limits)
        made = folder / "made" / "document.docx"
        if not made.is_file() or made.stat().st_size > limits.file * _MIB:
            raise ConversionError("libreoffice_failed", code=ended)
        return made.read_bytes()


def _office() -> str:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None or shutil.which("prlimit") is None:
        raise ConversionError("libreoffice_missing", package=_PACKAGE)
    return office


def _confined(limits: ConverterLimits) -> list[str]:
    return [
        *_alone(),
        "prlimit",
        f"--as={limits.memory * _MIB}",
        f"--cpu={limits.cpu}",
        f"--fsize={limits.file * _MIB}",
        "--core=0",
    ]


@cache
def _alone() -> tuple[str, ...]:
    """Return a command that cuts off the network and ends all descendants, as far as it works here."""
    whole = ("unshare", "--net", "--pid", "--fork", "--kill-child")
    for command in (whole, (*whole, "--map-root-user"), ()):
        if not command:
            break
        try:
            if subprocess.run([*command, "true"], capture_output=True, timeout=10).returncode == 0:
                return command
        except (OSError, subprocess.TimeoutExpired):
            continue
    return ()


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
