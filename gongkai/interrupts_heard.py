"""Importing this undoes `gongkai.interrupts_ignored`: see `gongkai.interrupts`."""

from __future__ import annotations

import signal

signal.signal(signal.SIGINT, signal.default_int_handler)
