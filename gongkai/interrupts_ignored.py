"""Importing this ignores SIGINT in a process that loads modules: see `gongkai.interrupts`."""

from __future__ import annotations

import signal

BEFORE = signal.signal(signal.SIGINT, signal.SIG_IGN)
"""What SIGINT did before: a program that was started in the background may ignore it."""
