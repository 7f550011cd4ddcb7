"""Trials of faults: what becomes of the tweets when anything dies, freezes or moves."""
