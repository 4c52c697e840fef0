"""Charts as standing pictures: SVG of our own that needs no style sheet, no font file and no colour."""
