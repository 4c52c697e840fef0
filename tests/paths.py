"""Where things are in the checkout, for tests of any depth."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
"""The checkout."""

REPORTS = ROOT / "tests" / "reports"
"""The frozen documents: a folder each."""
