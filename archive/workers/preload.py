"""What every reader needs, loaded by importing this once before the pool forks its workers.

The character maps of Chinese PDF files without embedded fonts take some 70 ms to load, which each
boxed child would pay anew; loaded here, all children share them.
"""

from __future__ import annotations

from pdfminer.cmapdb import CMapDB

from gongkai.archive.workers import process_pool as process_pool

for name in ("GBK-EUC-H", "GB-EUC-H", "GBK2K-H", "UniGB-UCS2-H", "UniGB-UTF16-H", "Identity-H"):
    CMapDB.get_cmap(name)
CMapDB.get_unicode_map("Adobe-GB1")
