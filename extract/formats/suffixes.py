"""The suffixes by which addresses and members of packages are taken for documents."""

from __future__ import annotations

ATTACHMENT_SUFFIXES = r"\.(?:pdf|docx?|wps|xlsx?|et|rtf|ofd|zip|rar)"
"""Pattern of the suffixes of attached documents."""

MEMBER_SUFFIXES = (
    ".docx", ".doc", ".wps", ".ofd", ".rtf", ".odt", ".pdf", ".xlsx", ".xls", ".et", ".html", ".htm",
    ".mht", ".mhtml", ".txt", ".md", ".docm", ".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff",
)  # fmt: skip
"""Suffixes of the members of a ZIP that can be documents, or pages of one."""
