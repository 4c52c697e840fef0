"""LibreOffice and Chromium as printers."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

CHROMIUM = (
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--no-pdf-header-footer",
)  # fmt: skip


def libreoffice(document: bytes, suffix: str = "fodt", options: str = "") -> bytes:
    """A document as LibreOffice prints it. `options` is the JSON of its PDF filter."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, f"source.{suffix}")
        source.write_bytes(document)
        convert = f"pdf:writer_pdf_Export:{options}" if options else "pdf"
        command = (
            "soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile",
            "--convert-to", convert, "--outdir", folder, str(source),
        )  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        return Path(folder, "source.pdf").read_bytes()


def chromium(page: str, tagged: bool = False) -> bytes:
    """A page as Chromium prints it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "source.html").write_text(page, encoding="utf-8")
        extra = () if tagged else ("--disable-pdf-tagging",)
        command = (
            *CHROMIUM, *extra, f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={folder}/source.pdf", f"{folder}/source.html",
        )  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        return Path(folder, "source.pdf").read_bytes()
