"""``python -m isolint``: as the command ``isolint``, but for the modules that Python itself imports before it."""

import os
import sys

# `-m` puts the working directory first, and the tree that is checked may hold a `json.py`: nothing of it is to run.
# Before this line Python has looked there for a few modules of its own; `python -P -m isolint` keeps it from that.
if sys.path[:1] == [os.getcwd()] != [os.path.dirname(os.path.dirname(__file__))]:  # noqa: PTH109, PTH120  # pathlib is slow
    del sys.path[0]

from isolint.cli import main

if __name__ == "__main__":
    main()
