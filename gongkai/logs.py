"""How log lines look, whoever writes them: the command line, or Scrapy to the log of a site."""

from __future__ import annotations

LOG_FORMAT = "%(asctime)s [%(name)s] %(levelname)s: %(message)s"
LOG_DATEFORMAT = "%Y-%m-%d %H:%M:%S"
