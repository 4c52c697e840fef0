"""The table builder: agencies, regions or sectors × measures and grounds × years."""
