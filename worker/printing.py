"""How commands that print to people and pipes end."""

import os
import sys
from collections.abc import Callable

DONE, INTERRUPTED = 0, 130


def run_printing(command: Callable[[], int]) -> int:
    """Run a command that prints; return its exit code, 130 after Ctrl-C, 0 if no one reads on."""
    try:
        code = command()
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us has enough; without this Python would complain while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    return code
