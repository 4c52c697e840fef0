"""A process that reads documents for a program that has threads: `ReadingHelper().read(body, source)`.

The sandbox has to be forked from a process without threads. A helper has none, needs no
`if __name__ == "__main__"` in the program that starts it, and reads one document after the other.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import gongkai
from gongkai import interrupts
from gongkai.archive.workers.helper_pipe import ask, receive, send
from gongkai.archive.workers.process_pool import (
    READER_DIED,
    EncodedReading,
    encode_reading,
    read_document,
)
from gongkai.archive.workers.reading_conditions import protections_missing
from gongkai.catalogue import language_of_process, text
from gongkai.extract.model.report import Source

ROOT = Path(gongkai.__file__).parents[1]
_PROGRAM = (
    f"import {interrupts.IGNORED}\n"  # Ctrl-C is for the program that started it
    "from gongkai.archive.workers.reading_helper import main\n"
    "main()"
)
COMMAND = (sys.executable, "-c", _PROGRAM)
ATTEMPTS = 2
"""A document that ends its helper twice is unreadable."""


class ReadingHelper:
    """One helper process, started with the first document. One thread at a time may use it."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None

    def read(self, body: bytes, source: Source) -> EncodedReading:
        """Read one document; one that ends the process twice is unreadable."""
        for _ in range(ATTEMPTS):
            process = self.process = self.process or self.start()
            try:
                kept: EncodedReading = ask(process, (body, source))
                return kept
            except (BrokenPipeError, EOFError):
                self.close()
        return encode_reading(READER_DIED)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process."""
        with interrupts.deferred():
            return subprocess.Popen(
                COMMAND,
                cwd=ROOT,
                env={**os.environ, "GONGKAI_LANG": language_of_process()},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )

    def close(self) -> None:
        """End the process."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.communicate()  # closes its pipes


def main() -> None:
    """Read documents until the process that started this one is gone."""
    import_module("gongkai.archive.workers.preload")  # what every sandbox needs, loaded once
    if walls := protections_missing():
        sys.stderr.write(f"{text(language_of_process(), 'walls_missing', walls=walls)}\n")
    while True:
        try:
            body, source = receive(sys.stdin.buffer)
        except EOFError:
            return
        send(sys.stdout.buffer, read_document(body, source))
