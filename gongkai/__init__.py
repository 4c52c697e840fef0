"""Gongkai 公开: the archive of Chinese agencies' annual reports on open government information."""
