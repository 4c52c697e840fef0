"""The data of each page of the site, one module a page."""
