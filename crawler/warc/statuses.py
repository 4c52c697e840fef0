"""HTTP statuses that mean more here than their name says."""

from __future__ import annotations

BLOCK_STATUSES = frozenset({403, 405, 412, 422, 493, 521})
"""Statuses that protections answer with: 云堤, 瑞数, 加速乐, firewalls."""

GONE_STATUSES = frozenset({404, 410})
"""Statuses that say that there is nothing at an address."""
