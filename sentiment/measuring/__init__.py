"""How well a model does: figures, tables and what it is compared with."""
