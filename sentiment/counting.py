"""How many of a thing there are, in words."""


def counted(number: int, thing: str) -> str:
    """Return "1 text" or "2,000 texts": a number, and the thing in the form that it then has."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
