"""The codebook as JSON, for programs."""

from __future__ import annotations

import json
from dataclasses import asdict

from gongkai.archive.codebook.codebook import Codebook


def codebook_json(book: Codebook) -> str:
    """Return the codebook as JSON with sorted texts: the same codebook gives the same bytes."""
    return json.dumps(asdict(book), ensure_ascii=False, indent=1) + "\n"
