"""Datasette plugins, one module a feature; each only hooks what the modules of publish do."""
