"""Read the three tables of the official form from the grids of a document."""
