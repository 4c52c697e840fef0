"""The words of navigation, and what titles made of them mean."""
