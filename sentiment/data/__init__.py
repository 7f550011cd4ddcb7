"""Labelled texts from files: read, told apart, split."""
