"""The process that renders documents for the site: it has one thread, so that it may fork a sandbox."""

from __future__ import annotations

import sys

from gongkai import interrupts
from gongkai.archive.workers.helper_pipe import receive, send
from gongkai.extract.formats.pdf.pdfium_library import start_library
from gongkai.publish.rendering.rendering_tasks import Task, render


def main() -> None:
    """Render documents until the process that started this one is gone."""
    interrupts.ignore()  # the site gets SIGINT as well, and ends this process
    start_library()
    while True:
        try:
            task: Task = receive(sys.stdin.buffer)
        except EOFError:
            return
        send(sys.stdout.buffer, render(task))


if __name__ == "__main__":
    main()
