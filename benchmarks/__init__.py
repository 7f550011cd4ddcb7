"""Measures the worker beside its peers, in one run on one machine, and keeps every single figure.

`throughput.py` is the place to start reading: it is the part that the others are shaped after.
"""
