"""Labelled texts and a transformer to soft labels, for a network to learn from."""
