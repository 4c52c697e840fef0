"""Views of kept documents: the proof of a number, a change, an original as it looked."""
