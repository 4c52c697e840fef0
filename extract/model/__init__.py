"""The data that the stage passes around: documents, grids, reports, cells, findings."""
