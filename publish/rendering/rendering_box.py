"""Renderings for the site: one at a time, in a process with limits, the last ones kept in memory."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from collections import OrderedDict
from functools import cache
from hashlib import sha256
from pathlib import Path

import gongkai
from gongkai import interrupts
from gongkai.archive.workers.helper_pipe import ask
from gongkai.extract.model.cell_place import Box
from gongkai.extract.model.report import Source
from gongkai.publish.rendering.compared_documents import ComparedDocuments, decode_compared
from gongkai.publish.rendering.rendering_tasks import (
    ChartTask,
    CompareTask,
    DrawTask,
    Refusal,
    ShowTask,
    StyleTask,
    Task,
)
from gongkai.publish.rendering.shown_document import ShownDocument, decode_shown

ROOT = Path(gongkai.__file__).parents[1]
COMMAND = (sys.executable, "-m", "gongkai.publish.rendering.rendering_helper")
PATIENCE = 20.0
"""Seconds for which a page waits for its turn."""

MOST_BYTES = 64_000_000
"""Of renderings that are kept in memory."""


class CannotRender(Exception):
    """Raised where a document cannot be shown; `why` is the stored form of a message, or ""."""

    def __init__(self, why: str = "") -> None:
        super().__init__(why)
        self.why = why


class RenderingBusy(CannotRender):
    """Raised where too many renderings are waited for."""


class RenderingBox:
    """A helper process that renders documents, started with the first. Threads take turns."""

    def __init__(self) -> None:
        """Begin without a process."""
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()
        self._kept: OrderedDict[str, bytes | Refusal] = OrderedDict()
        self._size = 0

    def show(self, body: bytes, source: Source) -> ShownDocument:
        """Return how a document is shown.

        Raises:
            CannotRender: the sandbox gave no result
            RenderingBusy: too many others wait
        """
        key = f"show {sha256(body).hexdigest()} {source.media_type}"
        return decode_shown(self._do(key, ShowTask(body, source)))

    def draw(self, body: bytes, page: int, boxes: tuple[Box, ...], turn: int = 0) -> bytes:
        """Return a page of a PDF as a PNG file, with a box around each cell.

        Raises:
            CannotRender: the sandbox gave no result
            RenderingBusy: too many others wait
        """
        key = f"draw {sha256(body).hexdigest()} {page} {boxes} {turn}"
        return self._do(key, DrawTask(body, page, boxes, turn))

    def draw_shares(self, body: bytes, page: int, boxes: tuple[Box, ...]) -> bytes:
        """Return a page of a PDF, or a picture, with boxes in shares of its sides, as a PNG file.

        Raises:
            CannotRender: the sandbox gave no result
            RenderingBusy: too many others wait
        """
        key = f"shares {sha256(body).hexdigest()} {page} {boxes}"
        return self._do(key, DrawTask(body, page, boxes, is_shared=True))

    def compare(
        self, old: tuple[bytes, Source], new: tuple[bytes, Source]
    ) -> ComparedDocuments | None:
        """Return two versions of a document compared, None if one of them cannot be read.

        Raises:
            CannotRender: the sandbox gave no result
            RenderingBusy: too many others wait
        """
        digests = (sha256(body).hexdigest() for body, _ in (old, new))
        return decode_compared(self._do(f"compare {' '.join(digests)}", CompareTask(old, new)))

    def paint(self, svg: str) -> bytes:
        """Return a standing picture as a PNG file.

        Raises:
            CannotRender: the sandbox gave no result
            RenderingBusy: too many others wait
        """
        return self._do(f"paint {sha256(svg.encode()).hexdigest()}", ChartTask(svg))

    def clean_styles(self, sheets: tuple[bytes, ...]) -> str:
        """Return style sheets as one that does nothing, "" where they cannot be read.

        Raises:
            RenderingBusy: too many others wait
        """
        if not sheets:
            return ""
        digests = (sha256(sheet).hexdigest() for sheet in sheets)
        try:
            return self._do(f"style {' '.join(digests)}", StyleTask(sheets)).decode()
        except RenderingBusy:
            raise
        except CannotRender:
            return ""

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()  # closes its pipes

    def _do(self, key: str, task: Task) -> bytes:
        if not self._turn.acquire(timeout=PATIENCE):
            raise RenderingBusy
        try:
            done = self._kept.get(key)
            if done is None:
                done = self._ask(task)
                self._keep(key, done)
            else:
                self._kept.move_to_end(key)
        finally:
            self._turn.release()
        if isinstance(done, Refusal):
            raise CannotRender(done.why)
        return done

    def _ask(self, task: Task) -> bytes | Refusal:
        if self._process is None:
            with interrupts.deferred():
                self._process = subprocess.Popen(
                    COMMAND,
                    cwd=ROOT,
                    env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # it forks: no threads
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
        try:
            done: bytes | Refusal = ask(self._process, task)
        except (BrokenPipeError, EOFError) as problem:
            self.close()
            raise CannotRender from problem
        return done

    def _keep(self, key: str, done: bytes | Refusal) -> None:
        """Keep a result, and let go of those that were not asked for the longest."""
        self._kept[key] = done
        self._size += _size(done)
        while self._size > MOST_BYTES:
            self._size -= _size(self._kept.popitem(last=False)[1])


def _size(done: bytes | Refusal) -> int:
    return 100 if isinstance(done, Refusal) else len(done) + 100


@cache
def shared_box() -> RenderingBox:
    """Return the box of this process; it ends with it."""
    box = RenderingBox()
    atexit.register(box.close)
    return box


@cache
def picture_box() -> RenderingBox:
    """Return the box in which charts become PNG files: they do not wait for documents."""
    box = RenderingBox()
    atexit.register(box.close)
    return box
