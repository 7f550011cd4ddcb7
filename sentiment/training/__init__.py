"""Labelled texts to a trained network and its bundle."""
