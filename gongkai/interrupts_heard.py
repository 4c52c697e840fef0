"""Importing this undoes `gongkai.interrupts_ignored`: see `gongkai.interrupts`."""

from __future__ import annotations

import signal

from gongkai.interrupts_ignored import BEFORE

signal.signal(signal.SIGINT, BEFORE)
