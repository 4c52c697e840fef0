"""The public archive: a Datasette plugin, its templates and its style."""
