"""The stream processor: raw tweets in one topic become scored tweets in another, exactly once.

`loop.py` is the place to start reading: it is the whole dataflow in one function.
"""

__version__ = "0.1.0"
