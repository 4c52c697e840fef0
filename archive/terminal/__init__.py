"""What the command line prints, and the notifications that a night sends."""
