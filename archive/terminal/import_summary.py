"""What became of the records of files from web archives, in lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from gongkai.archive.terminal.console import render
from gongkai.crawler.imports.import_run import SourceResult

SEPARATOR = " · "

TAKEN = {
    "report": "import_reports",
    "list": "import_lists",
    "document": "import_documents",
    "redirect": "import_redirects",
    "gone": "import_removals",
    "revisit": "import_revisits",
    "cut": "import_cut",
}
"""What a record was taken as, and its text."""

PASSED = {
    "kept_already": "import_kept_already",
    "other_host": "import_other_host",
    "no_report": "import_no_report",
    "kind": "import_other_kind",
    "address": "import_other_address",
    "media_type": "import_other_type",
    "status": "import_other_status",
    "leads_elsewhere": "import_leads_elsewhere",
    "never_there": "import_never_there",
    "revisit_unresolved": "import_revisit_unresolved",
    "no_memento": "import_no_memento",
    "blocked": "import_blocked",
    "hostile": "import_hostile",
    "not_analysed": "import_not_analysed",
    "too_large": "import_too_large",
    "torn": "import_torn",
    "damaged": "import_damaged",
    "malformed": "import_malformed",
    "not_http": "import_malformed",
    "digest": "import_digest_wrong",
    "resource": "import_resource",
    "date": "import_date_wrong",
    "rest": "import_rest",
    "no_body": "import_no_body",
    "method": "import_other_method",
    "frame": "import_beside_page",
    "beside_page": "import_beside_page",
    "file_damaged": "import_member_damaged",
    "file_digest": "import_member_changed",
    "file_too_large": "import_member_too_large",
}
"""Why a record was passed over, and its text."""

UNREAD = {
    "no_archive": "import_no_archive",
    "unpacks_to_too_much": "import_unpacks_to_too_much",
    "too_large": "import_file_too_large",
    "too_many": "import_file_too_large",
    "not_readable": "import_file_unreadable",
    "silent": "import_archive_silent",
    "budget": "import_budget_spent",
}
"""Why a file, or the rest of it, was not read, and its text."""


SIGNATURES = {"wrong": "import_signature_wrong", "unsigned": "import_unsigned"}
"""What the signature of a package is worth, and its text."""


def result_lines(results: Sequence[SourceResult]) -> Iterator[str]:
    """Yield a line for each file, and one for all where there are several."""
    for result in results:
        yield f"{result.name}: {described(result.taken, result.passed)}"
        if result.signature in SIGNATURES:
            yield f"  {render(SIGNATURES[result.signature])}"
        if result.unread:
            yield f"  {render(UNREAD[result.unread])}"
    if len(results) > 1:
        taken = sum((each.taken for each in results), Counter[str]())
        passed = sum((each.passed for each in results), Counter[str]())
        yield f"{render('import_total')}: {described(taken, passed)}"


def described(taken: Counter[str], passed: Counter[str]) -> str:
    """Return what was taken and what was passed over, in words."""
    first = _counted(taken, TAKEN) or render("import_nothing_taken")
    if not passed:
        return first
    return f"{first} — {render('import_passed_over', reasons=_counted(passed, PASSED))}"


def _counted(counts: Counter[str], texts: Mapping[str, str]) -> str:
    by_text: Counter[str] = Counter()
    for name, n in counts.items():
        by_text[texts[name]] += n
    order = dict.fromkeys(texts.values())
    return SEPARATOR.join(render(key, n=by_text[key]) for key in order if by_text[key])
