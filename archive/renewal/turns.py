"""When a publication is made anew without being asked for. Options of commands need it before all else."""

FULL_EVERY = 7
"""Of how many publications one is made anew."""
