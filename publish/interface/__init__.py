"""The addresses for programs: one model of what they take and return, from which OpenAPI is written."""
