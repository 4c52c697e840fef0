"""A replica of four real portals on loopback, with the reports of four agencies.

It stands alone: it imports nothing of the other packages. `gongkai demo` crawls it, tests crawl it,
and `python -m gongkai.replica.server` serves it for a look.
"""
