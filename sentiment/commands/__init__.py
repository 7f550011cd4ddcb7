"""The commands of `python -m sentiment`: options and wiring."""
