"""The pages of the site, one module each, and the data they show."""
