"""One spider for each portal.

They are made from the registry (loader.py). A module here replaces the generic spider where a site
needs code of its own; its class has the id of the site as `name`.
"""
