"""Trials of faults: what becomes of the tweets when anything dies, freezes or moves.

`python -m trials chaos` is the place to start: `chaos.py` is one run from its start to its verdict.
"""
