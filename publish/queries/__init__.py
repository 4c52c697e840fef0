"""SQL of readers: one query at a time, in a process with limits, on a file that nobody writes."""
