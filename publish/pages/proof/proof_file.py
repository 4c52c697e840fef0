"""The proof of a number as files: a page to print, and the commands by which anyone checks the folder."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from gongkai.catalogue import Language, text
from gongkai.publish.pages.proof.check_commands import chain_command
from gongkai.publish.pages.proof.evidence import Evidence
from gongkai.publish.pages.proof.proof_sheet import ProofSheet
from gongkai.publish.pages.proof.shown_cell import CellView
from gongkai.publish.pages.proof.sightings import Sighting
from gongkai.publish.wording.codes import code_label
from gongkai.publish.wording.formatting import local_time

PAGE, PICTURE = "page.html", "page.png"
SUMS, WARC, WACZ, ROOT = "SHA256SUMS", "records.warc.gz", "records.wacz", "ROOT.pem"
_STYLE = (
    "body{max-width:52rem;margin:2rem auto;padding:0 1rem;font:1rem/1.7 sans-serif;color:#1d1b18}"
    "dt{color:#5b554c}dd{margin:0 0 .6em;overflow-wrap:anywhere}table{border-collapse:collapse}"
    "td,th{border:1px solid #999;padding:.2em .6em;text-align:left}mark{background:#ffe58a}"
    "iframe{width:100%;height:34rem;border:1px solid #999}img{max-width:100%;border:1px solid #999}"
)
_POLICY = (
    "default-src 'none'; img-src 'self' file: data:; frame-src 'self' file:; "
    "style-src 'unsafe-inline'"
)


@dataclass(frozen=True, slots=True)
class ProofFiles:
    """The files of a proof, named from its folder.

    `view` is the page or picture with the cell marked, "" without one. `offset` and `length` are those
    of the record with the original in `WARC`. `manifests` are paths, the first covers the record;
    `stamps` are pairs of a timestamp and the manifest that it stands on.
    """

    original: str
    view: str
    offset: int
    length: int
    manifests: tuple[str, ...] = ()
    stamps: tuple[tuple[str, str], ...] = ()


def folder_commands(files: ProofFiles, evidence: Evidence | None) -> list[tuple[str, str]]:
    """Return the commands for a shell in the folder, as (key of what each shows, command)."""
    record = f"tail -c +{files.offset + 1} {WARC} | head -c {files.length} | sha256sum"
    found = [
        ("proof_folder_sums", f"sha256sum -c {SUMS}"),
        ("proof_folder_original", f"sha256sum {shlex.quote(files.original)}"),
        ("proof_folder_warc", f"warcio check {WARC}"),
        ("proof_check_digest", f"warcio extract --payload {WARC} {files.offset} | sha256sum"),
        ("proof_folder_wacz", f"wacz validate -f {WACZ}"),
    ]
    if evidence and files.manifests:
        first = shlex.quote(files.manifests[0])
        found.append(("proof_check_manifest", f"sha256sum {first}"))
        if evidence.record_sha256:
            found.append(("proof_folder_covered", f"grep -c $({record} | cut -c 1-64) {first}"))
        last = evidence.number + len(files.manifests) - 1
        if evidence.number < max((each.stamped for each in evidence.stamps), default=0) == last:
            paths = "printf manifests/%09d.json $n"
            found.append(("proof_check_chain", chain_command(evidence.number, last, paths)))
    found += [
        (
            "proof_check_stamp",
            f"openssl ts -verify -in {shlex.quote(stamp)} -data {shlex.quote(manifest)} -CAfile {ROOT}",
        )
        for stamp, manifest in files.stamps
    ]
    return found


def write_readme(
    sheet: ProofSheet, files: ProofFiles, evidence: Evidence | None, lang: Language
) -> str:
    """Return the README of the folder, in Markdown."""
    lines = [
        f"# {' · '.join(sheet.names(lang))}",
        "",
        f"{sheet.report['title']} ({sheet.report_id})",
        "",
        text(lang, "proof_folder_about"),
        "",
    ]
    for key, command in folder_commands(files, evidence):
        lines += [text(lang, key), "", f"    {command}", ""]
    if sheet.original:
        lines += [text(lang, "proof_expected", digest=sheet.original.hex), ""]
    if len(files.manifests) > 1:
        lines += [text(lang, "proof_folder_chain"), ""]
    if evidence is None:
        lines += [text(lang, "proof_folder_no_manifest"), ""]
    return "\n".join(lines)


def write_sheet(
    sheet: ProofSheet,
    view: CellView | None,
    evidence: Evidence | None,
    files: ProofFiles,
    lang: Language,
) -> str:
    """Return the proof as a page that needs no server."""
    title = " · ".join(sheet.names(lang))
    parts = [
        f'<!DOCTYPE html>\n<html lang="{"en" if lang == "en" else "zh-CN"}"><head>'
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>",
        f"<p>{escape(str(sheet.report['title'] or sheet.report_id))}</p>",
        f"<h1>{escape(title)}: {escape(_value(sheet, lang))}</h1>",
        "<dl>",
        *(
            f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>"
            for name, value in _facts(sheet, view, evidence, lang)
        ),
        "</dl>",
        *_row(view, lang),
        *_shown(view, files, lang),
        f"<h2>{escape(text(lang, 'proof_fetches'))}</h2>",
        _fetches(sheet, lang),
        f"<h2>{escape(text(lang, 'proof_commands'))}</h2>",
        *(
            f"<p>{escape(text(lang, key))}</p><pre>{escape(command)}</pre>"
            for key, command in folder_commands(files, evidence)
        ),
        "</body></html>\n",
    ]
    return "\n".join(parts)


def _value(sheet: ProofSheet, lang: Language) -> str:
    return sheet.cell.text if sheet.cell.value is not None else text(lang, "no_value")


def _facts(
    sheet: ProofSheet, view: CellView | None, evidence: Evidence | None, lang: Language
) -> Iterator[tuple[str, str]]:
    raw = sheet.cell.raw or (view.cell.raw if view and view.cell else sheet.cell.text)
    yield text(lang, "proof_value"), _value(sheet, lang)
    yield text(lang, "proof_raw"), raw or text(lang, "blank")
    for check in sheet.checks:
        yield text(lang, "proof_checks"), check.message(lang)
    original = sheet.original
    if original is None:
        return
    yield text(lang, "proof_address"), original.url
    yield text(lang, "proof_digest"), original.digest
    place = text(lang, "proof_warc_place", warc=original.warc, offset=original.offset)
    yield text(lang, "proof_warc"), place
    if evidence is None:
        yield text(lang, "proof_manifest"), text(lang, "proof_no_manifest")
        return
    when = local_time(lang, evidence.created)
    about = text(
        lang, "proof_manifest_about", number=evidence.number, when=when, digest=evidence.digest
    )
    if original.clock:
        about = f"{about} {text(lang, 'proof_manifest_clock')}"
    yield text(lang, "proof_manifest"), about
    for stamp in evidence.stamps:
        at = local_time(lang, stamp.at) or text(lang, "unknown")
        yield (
            text(lang, "proof_stamp"),
            text(
                lang, "proof_stamp_about", authority=stamp.authority, when=at, number=stamp.stamped
            ),
        )


def _row(view: CellView | None, lang: Language) -> Iterator[str]:
    if view is None or not view.row:
        return
    cells = "".join(
        f"<td><mark>{escape(cell)}</mark></td>"
        if n == view.at or view.at < 0
        else f"<td>{escape(cell)}</td>"
        for n, cell in enumerate(view.row)
    )
    yield f"<h2>{escape(text(lang, 'proof_row'))}</h2><table><tr>{cells}</tr></table>"


def _shown(view: CellView | None, files: ProofFiles, lang: Language) -> Iterator[str]:
    yield f"<h2>{escape(text(lang, 'proof_page'))}</h2>"
    if files.view == PICTURE:
        yield f'<img src="{PICTURE}" alt="">'
    elif files.view == PAGE:
        anchor = f"#{view.anchor}" if view and view.anchor else ""
        yield f'<p><a href="{PAGE}{anchor}">{PAGE}</a></p>'
        yield f'<iframe sandbox="" src="{PAGE}{anchor}"></iframe>'
    else:
        yield f"<p>{escape(text(lang, 'proof_not_shown'))}</p>"
    yield f'<p><a href="{escape(files.original)}">{escape(files.original)}</a></p>'


def _fetches(sheet: ProofSheet, lang: Language) -> str:
    rows: Sequence[str] = [
        f"<tr><td>{'<br>'.join(map(escape, _times(each, lang)))}</td><td>{escape(each.url)}</td>"
        f"<td>{escape(each.warc)}, {each.offset}</td><td>{escape(_who(each, lang))}</td></tr>"
        for each in sheet.sightings.listed
    ]
    return f"<table>{''.join(rows)}</table>"


def _times(seen: Sighting, lang: Language) -> Iterator[str]:
    """Yield when a fetch took place, and what is known to be wrong with our clock then."""
    yield local_time(lang, seen.at)
    if seen.server_date and seen.server_date != seen.at:
        yield text(lang, "proof_server_date", when=local_time(lang, seen.server_date))
    if seen.clock:
        recorded = text(lang, "proof_recorded", when=local_time(lang, seen.recorded))
        yield f"{code_label('clock', seen.clock, lang)}{text(lang, 'colon')}{recorded}"


def _who(seen: Sighting, lang: Language) -> str:
    """Return who fetched it: the run of ours, or the name of the other crawler."""
    added = text(lang, "proof_added") if seen.is_added else ""
    return seen.seen_by or seen.run[:12] or added or "—"
