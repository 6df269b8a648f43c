"""The command line: arguments in, text and an exit code out."""

from __future__ import annotations

import sys
from io import TextIOWrapper

TYPE_CHECKING = False  # see replay
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    """Answer the process's arguments and exit: as last time, where all is as it was then, and else by a run."""
    for name, other in (("stdout", sys.stderr), ("stderr", sys.stdout)):
        if getattr(sys, name) is None:  # closed, as by `isolint check >&-`
            if other is not None:
                other.write(f"error: {name} is closed, and isolint reports there; /dev/null is open\n")
            sys.exit(2)
    try:
        sys.exit(_answer())
    except KeyboardInterrupt:  # while isolint is still being imported; later there is more to do
        sys.exit(130)


def _answer() -> int:
    from isolint.cli.replay import replayed

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A file name or source line that the terminal's encoding cannot show is still reported.
            stream.reconfigure(errors="backslashreplace")
    code = replayed(sys.argv[1:])
    if code is not None:
        return code
    from isolint.cli import app

    return app.main()
