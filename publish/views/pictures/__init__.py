"""Charts of pages as files of their own, and as frames for other sites."""
