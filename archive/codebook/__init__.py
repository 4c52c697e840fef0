"""What the public data means: tables, columns, codes, variables, in both languages."""
