"""Kept documents shown as they looked, in a process with limits: nothing of them acts."""
