"""What the index knows of a fetch and of a run: snapshots, their entries, results of runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

IMPORTS_FOLDER = "imports"
"""The folder, within that of the snapshots, of what other crawlers fetched."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One fetch. The `url` of a POST contains the body, since it tells what was answered. `bytes` and `digest` are those of the document without its content coding.

    `final_url` is the target of a redirect, else `url`. A fetch that was answered with "not
    modified" (status 304) has the media type, size and digest of the document that is confirmed.
    `rendered_from` is the id of the answer whose scripts made this page, "" for what was fetched.

    `fetched_at` is the time by the clock of the machine that fetched, `server_date` that by the clock
    of the server, "" where it did not say. `seen_at` is `fetched_at`, or the probable time where the
    clock was wrong; by it fetches are ordered. `clock` is then "wrong", or "marked" where an operator
    said so; "doubtful" where one site alone contradicts.

    `role` is "part" for an image or a style sheet of a page, which is never read as a document.
    """

    id: str  # hex uuid of the WARC record
    site: str
    url: str
    final_url: str
    fetched_at: str  # UTC, ISO, seconds, Z
    status: int  # 0 for a document that came from disk, and for a rendered page
    media_type: str  # without parameters
    bytes: int
    digest: str  # "sha256:<hex>"
    warc: str  # file name in the snapshots folder
    offset: int
    rendered_from: str = ""
    server_date: str = ""  # in the form of fetched_at
    seen_at: str = field(default="", compare=False)  # fetched_at where nothing else is given
    clock: str = field(default="", compare=False)
    role: str = ""

    def __post_init__(self) -> None:
        if not self.seen_at:
            object.__setattr__(self, "seen_at", self.fetched_at)


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A snapshot, and what only the crawl needs to know about it."""

    snapshot: Snapshot
    kind: str  # response, revisit, resource, conversion
    payload: str  # WARC-Payload-Digest: of the bytes as sent
    refers: str  # id of the record that holds the payload of a revisit, else ""
    etag: str
    last_modified: str
    truncated: str


@dataclass(frozen=True, slots=True)
class Run:
    """The result of one run.

    `outcome` is ok, incomplete (a list of reports was reached in part), partial, failed, hostile (pages exceeded the limits of a page), busy (another
    crawl holds the site), interrupted or running.
    `why` is the stored form of a message (`str(Message)`) where the outcome is not ok, else "".
    Runs of earlier versions have an English text there.

    `server_lead` is the median of seconds by which the clocks of the servers were ahead of ours,
    None where none said the time. `seen_at` is when the run probably began, and `clock` what is
    thought of its clock, both as in a snapshot; they are no part of the record of the run.
    """

    id: str  # from `new_run_id`
    site: str
    started: str
    finished: str
    outcome: str
    counts: Mapping[str, int] = field(default_factory=dict)
    kind: str = "crawl"
    why: str = ""
    server_lead: int | None = None
    seen_at: str = field(default="", compare=False)  # started where nothing else is given
    clock: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not self.seen_at:
            object.__setattr__(self, "seen_at", self.started)
