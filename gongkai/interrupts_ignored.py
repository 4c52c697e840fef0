"""Importing this ignores SIGINT in a process that loads modules: see `gongkai.interrupts`."""

from __future__ import annotations

import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)
