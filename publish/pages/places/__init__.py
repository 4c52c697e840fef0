"""Pages about agencies and regions: one, or several side by side."""
