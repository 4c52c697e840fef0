"""Validate a codebook by the schema of DDI Codebook 2.5: `python -m tests.ddi codebook.xsd codebook.xml`.

The schema is the DDI Alliance's, under the LGPL, and not part of this repository. Its folder has the
schemas that it imports.
"""

from __future__ import annotations

import sys
from pathlib import Path

from lxml import etree


def main(schema: Path, document: Path) -> int:
    """Print what is wrong with a document, and return 0 where nothing is."""
    validator = etree.XMLSchema(etree.parse(str(schema)))
    is_valid = validator.validate(etree.parse(str(document)))
    sys.stdout.write("valid\n" if is_valid else f"{validator.error_log}\n")
    return 0 if is_valid else 1


if __name__ == "__main__":
    raise SystemExit(main(*map(Path, sys.argv[1:3])))
