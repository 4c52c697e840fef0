"""Scrapy components: middlewares, extensions, resolver, download handler."""
