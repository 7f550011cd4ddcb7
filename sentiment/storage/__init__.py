"""A model on disk: written whole, read as what anyone may have made."""
