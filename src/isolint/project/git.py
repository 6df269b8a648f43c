"""Questions to git, by its own command line. Nothing that a repository configures is run."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from pathlib import Path

_SAFE = ("-c", "core.fsmonitor=false", "-c", "core.quotepath=off", "-c", "core.hooksPath=/dev/null")


@final
class GitError(Exception):
    """Git is missing, or refuses; the message says why, in its own words."""


def ask(folder: Path, *arguments: str, missing: bytes | None = None) -> bytes:
    """Return the output of git for ``arguments`` in a folder; raise GitError where it fails.

    ``missing`` is the answer where git exits with 1 and prints nothing, which it does for a missing object.
    """
    command = ("git", "--no-pager", *_SAFE, *arguments)
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)  # noqa: S603
    except OSError as error:
        raise GitError(f"git cannot be run: {error.strerror or error}") from error
    if missing is not None and done.returncode == 1 and not done.stderr:
        return missing
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise GitError(f"git {arguments[0]}: {said.removeprefix('fatal: ') or done.returncode}")
    return done.stdout


def line_times(path: Path) -> dict[int, int]:
    """Return when each line of a file was committed, in seconds since 1970, 0 for one that is not; lines count from 1."""
    blamed = ask(path.parent, "blame", "--line-porcelain", "-w", "-M", "--", path.name)
    times: dict[int, int] = {}
    line = when = 0
    committed = False
    for row in blamed.decode("utf-8", "replace").split("\n"):
        if row.startswith("\t"):
            times[line] = when if committed else 0
            continue
        word, _, rest = row.partition(" ")
        if len(word) in (40, 64) and rest.count(" ") >= 1 and rest.replace(" ", "").isdigit():
            line = int(rest.split(" ")[1])
            committed = set(word) != {"0"}
        elif word == "committer-time":
            when = int(rest)
    return times
