"""Read Word files from their XML parts."""
