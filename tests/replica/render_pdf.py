"""Make the PDFs of the replica again from its content: `python tests/replica/render_pdf.py`.

Each report is printed by one of two engines, because their PDFs differ under the surface: Chromium
draws a table's rules as filled rectangles and writes CJK radicals into the text layer, LibreOffice
draws lines. The files are committed; run this after a change of the content and look at the pages.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":  # run as a script: the repository's root is not on the path yet
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from tests.replica.content import reports
from tests.replica.markup import report_body

HERE = Path(__file__).parent
ENGINES = {
    "pingluo-gxj-2024": "libreoffice",
    "weibin-gxj-2024": "chromium",
    "yongning-gkj-2024": "libreoffice",
    "zhongwei-gxj-2023": "libreoffice",
}
COMMANDS = {
    "chromium": (
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-pdf-tagging",
        "--no-pdf-header-footer",
        "--print-to-pdf={folder}/{name}.pdf",
        "{folder}/{name}.html",
    ),
    "libreoffice": (
        "soffice",
        "--headless",
        "-env:UserInstallation=file://{folder}/profile",
        "--infilter=HTML (StarWriter)",
        "--convert-to",
        "pdf:writer_pdf_Export",
        "--outdir",
        "{folder}",
        "{folder}/{name}.html",
    ),
}


def main() -> int:
    """Write files/*.pdf. Needs Chromium, LibreOffice Writer and the Noto CJK fonts."""
    templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)
    template = templates.get_template("print.html")
    with tempfile.TemporaryDirectory() as folder:
        for name, report in reports().items():
            body = Markup(report_body(report, "print"))
            html = template.render(title=report.title, body=body)
            _print(html, name, ENGINES[name], folder)
        flow = (HERE / "templates" / "application-flow.html").read_text(encoding="utf-8")
        _print(flow, "application-flow", "chromium", folder)
    return 0


def _print(html: str, name: str, engine: str, folder: str) -> None:
    Path(folder, f"{name}.html").write_text(html, encoding="utf-8")
    command = [part.format(folder=folder, name=name) for part in COMMANDS[engine]]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    target = HERE / "files" / f"{name}.pdf"
    target.write_bytes(Path(folder, f"{name}.pdf").read_bytes())
    print(f"{target.name}: {target.stat().st_size // 1000} kB, {engine}")


if __name__ == "__main__":
    sys.exit(main())
