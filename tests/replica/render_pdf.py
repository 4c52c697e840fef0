"""Make the PDFs of the replica again from its content: `python -m tests.replica.render_pdf`.

Each report is printed by one of two engines, because their PDFs differ under the surface: Chromium
draws a table's rules as filled rectangles and its fonts as Type 3, LibreOffice draws lines and
embeds fonts. The files are committed: after a change of the content run this and look at the pages.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

import gongkai.replica
from gongkai.replica.content import reports
from gongkai.replica.markup import report_body

HERE = Path(gongkai.replica.__file__).parent
FONTS = Path("/usr/share/fonts/opentype/noto")
SC = 2  # the simplified Chinese face in the collections above
# Chromium used to write these radicals for the characters into the text layer: ours does not any
# more, but archives are full of such files.
RADICALS = str.maketrans("一工民行", "⼀⼯⺠⾏")
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
    """Write files/*.pdf. Needs Chromium, LibreOffice Writer, the Noto CJK fonts and fonttools."""
    templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)
    template = templates.get_template("print.html")
    with tempfile.TemporaryDirectory() as folder:
        for name, report in reports().items():
            body = Markup(report_body(report, "print"))
            font = "Subset" if ENGINES[name] == "chromium" else "Noto Sans CJK SC"
            html = template.render(title=report.title, body=body, font=font)
            if font == "Subset":
                html = html.translate(RADICALS)
                _subset_fonts(html, folder)
            _print(html, name, ENGINES[name], folder)
        flow = (HERE / "templates" / "application-flow.html").read_text(encoding="utf-8")
        _print(flow, "application-flow", "libreoffice", folder)
    return 0


def _subset_fonts(text: str, folder: str) -> None:
    """Keep only the characters in use: Chromium writes a Type 3 font per 256 glyphs of the whole."""
    for weight in ("Regular", "Bold"):
        options = (f"--text={text}", f"--font-number={SC}", f"--output-file={folder}/{weight}.otf")
        font = str(FONTS / f"NotoSansCJK-{weight}.ttc")
        subprocess.run([sys.executable, "-m", "fontTools.subset", font, *options], check=True)


def _print(html: str, name: str, engine: str, folder: str) -> None:
    Path(folder, f"{name}.html").write_text(html, encoding="utf-8")
    command = [part.format(folder=folder, name=name) for part in COMMANDS[engine]]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    target = HERE / "files" / f"{name}.pdf"
    target.write_bytes(Path(folder, f"{name}.pdf").read_bytes())
    print(f"{target.name}: {target.stat().st_size // 1000} kB, {engine}")


if __name__ == "__main__":
    sys.exit(main())
