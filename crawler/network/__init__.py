"""How Scrapy reaches a host: names, TLS, tolerant HTTP, and why there was no answer."""
