"""Tasks for the reading processes, made of pages that print a report."""

from __future__ import annotations

from gongkai.archive.workers.process_pool import Task
from gongkai.extract.model.report import Source


def task(name: str, body: bytes, source: Source | None = None) -> Task:
    """Return the task to read a document; its name stands for its digest."""
    return Task(name, f"http://www.pingluo.gov.cn/{name}", body, source or Source())
