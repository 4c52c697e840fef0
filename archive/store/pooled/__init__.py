"""How figures of both official layouts stand in one table."""
