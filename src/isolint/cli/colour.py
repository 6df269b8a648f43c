"""Whether to paint."""

from __future__ import annotations

import os
from typing import IO

CHOICES = ("auto", "always", "never")


def wants_colour(choice: str, stream: IO[str]) -> bool:
    """Return whether to colour the output to ``stream``.

    The option outweighs the environment: https://no-color.org and https://force-color.org, where any
    non-empty value counts.
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"
