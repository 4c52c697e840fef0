"""Other programs as printers: WeasyPrint, wkhtmltopdf; cairo, Ghostscript and qpdf rewrite files.

They are needed to make frozen files anew, not to test with them: reportlab 5.1, WeasyPrint 70,
wkhtmltopdf 0.12.6, poppler 22.12 (pdftocairo), Ghostscript 10.0 and qpdf 11.3 made those that are kept.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path


def weasyprint(page: str) -> bytes:
    """A page as WeasyPrint prints it."""
    return _converted(page.encode(), "html", ("weasyprint", "{source}", "{target}"))


def wkhtmltopdf(page: str) -> bytes:
    """A page as the printer of Qt prints it."""
    command = ("wkhtmltopdf", "--quiet", "--disable-javascript", "{source}", "{target}")
    return _converted(page.encode(), "html", command)


def cairo(body: bytes) -> bytes:
    """A PDF as cairo draws it anew."""
    return _converted(body, "pdf", ("pdftocairo", "-pdf", "{source}", "{target}"))


def ghostscript(body: bytes) -> bytes:
    """A PDF as Ghostscript distils it, with fonts and instructions of its own."""
    command = ("gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", "-sOutputFile={target}", "{source}")  # fmt: skip
    return _converted(body, "pdf", command)


def qpdf(body: bytes, *options: str) -> bytes:
    """A PDF as qpdf rewrites it: its objects in another order, packed or encrypted."""
    return _converted(body, "pdf", ("qpdf", "{source}", *options, "{target}"))


def _converted(body: bytes, suffix: str, command: Sequence[str]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, f"source.{suffix}"), Path(folder, "target.pdf")
        source.write_bytes(body)
        filled = [part.format(source=source, target=target) for part in command]
        subprocess.run(filled, check=True, capture_output=True, timeout=300)
        return target.read_bytes()
