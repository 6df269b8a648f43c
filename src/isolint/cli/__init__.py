"""The command line: arguments in, text and an exit code out."""

from __future__ import annotations

import sys
from io import TextIOWrapper

TYPE_CHECKING = False  # see replay
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    """Answer the process's arguments and exit: as last time, where all is as it was then, and else by a run."""
    from isolint.cli.replay import replayed

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A file name or source line that the terminal's encoding cannot show is still reported.
            stream.reconfigure(errors="backslashreplace")
    code = replayed(sys.argv[1:])
    if code is None:
        from isolint.cli import app

        app.main()
    sys.exit(code)
