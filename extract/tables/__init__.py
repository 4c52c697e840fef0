"""From the grids of a document to the three tables of the official form."""
