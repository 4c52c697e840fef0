"""Which files take longest, in seconds of processor time: they are begun first.

Two workers share the tests file by file, so that a long file that is begun last leaves one of them
without work.
"""

LONG = {
    "publish/browser/test_every_page.py": 70,
    "archive/commands/test_enter_region.py": 50,
    "archive/commands/test_encodings.py": 40,
}
"""Seconds by file below tests/, where they are more than five."""
