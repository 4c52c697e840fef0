"""One spider per portal. They are made from the registry (loader.py); a module here, with a class
whose `name` is the id of a site, stands in where a site needs code of its own.
"""
