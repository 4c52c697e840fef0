"""What every reader needs, loaded by an import before the pool forks its workers.

The character maps of Chinese PDF files without embedded fonts take some 70 ms to load. Loaded
here, all sandboxed children share them.
"""

from __future__ import annotations

from pdfminer.cmapdb import CMapDB

from gongkai.archive.workers import process_pool as process_pool

for name in ("GBK-EUC-H", "GB-EUC-H", "GBK2K-H", "UniGB-UCS2-H", "UniGB-UTF16-H", "Identity-H"):
    CMapDB.get_cmap(name)
CMapDB.get_unicode_map("Adobe-GB1")
