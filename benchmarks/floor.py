"""The floor of any Python linter's cost: list the files of a tree, read them, `ast.parse` them, and nothing else.

    python benchmarks/floor.py FOLDER [PROCESSES]

A linter written in Python that reads every file does this and more, so a multiple of it gives the cost of the rest.
Imports only the necessary; the garbage collector is off, as trees are all it would find. With as many processes
as cores, which is the default, the largest files are dealt out first, so that all end at about the same time.
"""

from __future__ import annotations

import ast
import gc
import os
import sys
import warnings
from collections.abc import Iterator  # noqa: TC003 - it is loaded anyway, typing is not

SUFFIXES = (".py", ".pyi")


class _Share:
    def __init__(self) -> None:
        self.size = 0
        self.paths: list[str] = []


def listed(folder: str) -> Iterator[tuple[int, str]]:
    """Yield the size and the path of every Python file below ``folder``."""
    pending = [folder]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
                elif entry.name.endswith(SUFFIXES):
                    yield entry.stat().st_size, entry.path


def dealt(files: Iterator[tuple[int, str]], hands: int) -> list[list[str]]:
    """Deal the files out, each to the process with the least bytes so far, the largest first."""
    shares = [_Share() for _ in range(hands)]
    for size, path in sorted(files, reverse=True):
        least = min(shares, key=lambda share: share.size)
        least.size += size
        least.paths.append(path)
    return [share.paths for share in shares]


def parse(paths: list[str]) -> int:
    """Read and parse each file; return how many the interpreter refuses."""
    refused = 0
    for path in paths:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib takes as long to import as some trees take to parse
            data = file.read()
        try:
            ast.parse(data)
        except (SyntaxError, ValueError):
            refused += 1
    return refused


def main(folder: str, processes: int) -> None:
    """Parse a tree in several processes."""
    gc.disable()
    warnings.simplefilter("ignore")  # of invalid escapes in the files
    own, *others = dealt(listed(folder), processes)
    children: list[int] = []
    for paths in others:
        child = os.fork()
        if not child:
            parse(paths)
            os._exit(0)
        children.append(child)
    parse(own)
    failed = [status for status in (os.waitpid(child, 0)[1] for child in children) if status]
    if failed:
        sys.exit(f"{len(failed)} of the processes failed")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else os.cpu_count() or 1)
