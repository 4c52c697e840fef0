"""Running crawls: one process for each site."""
