"""What every reader needs, loaded by an import before the pool forks its workers."""

from __future__ import annotations

from gongkai.archive.workers import document_reader as document_reader
from gongkai.archive.workers import process_pool as process_pool
from gongkai.extract.formats.pdf.pdfium_library import start_library

start_library()
