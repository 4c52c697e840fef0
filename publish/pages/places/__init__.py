"""The data of pages about agencies and regions: one, or several side by side."""
