"""The registry of sites, and how a site is added to it."""
