"""Importing this ignores SIGINT in a process that loads modules: see `gongkai.interrupts`."""

from __future__ import annotations

from gongkai import interrupts

interrupts.ignore()
