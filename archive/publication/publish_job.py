"""What is published, as an operator asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gongkai.archive.progress import Progress, silent
from gongkai.archive.publication.soundness import SHRINK_LIMIT
from gongkai.archive.renewal.turns import FULL_EVERY

KEEP = 3
"""Publications that stay, unless an operator says otherwise."""


@dataclass(frozen=True, slots=True)
class PublishJob:
    """What is published and how strictly it is checked.

    `floors` are the least numbers of reports of each site. `accept` says that a person agreed in
    spite of doubts. `keep` is the number of publications that stay, this one among them. `full` asks for
    a publication that is made anew; one of `full_every` is so without being asked for.
    """

    archive: Path
    floors: Mapping[str, int] = field(default_factory=dict)
    shrink_limit: float = SHRINK_LIMIT
    accept: bool = False
    keep: int = KEEP
    full: bool = False
    full_every: int = FULL_EVERY
    progress: Progress = silent
