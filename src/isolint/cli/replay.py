"""The last answer to a command line, for when all that a run would look at looks as it did then.

An editor, a hook or a build asks the same again and again. To find out that nothing has changed takes a look
at every folder and file, and no more: this module is read before anything else of isolint, or of click, and
imports next to nothing. :mod:`isolint.cli.recording` writes the files that it reads.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # typing alone takes a tenth of the time of a replay
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeAlias

    Answer: TypeAlias = "tuple[int, str, str]"
    """The exit code, the text of standard error, and that of standard output."""

CACHE = ".isolint_cache"
TAG = "CACHEDIR.TAG"
SUFFIX = ".answer"
_LOOKED_AT = (".py", ".pyi", ".toml", ".gitignore", ".git")
"""Endings of the names of files that a run reads, besides those that it asks for by name."""
_ENVIRONMENT = (
    "NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "HOME", "USERPROFILE", "ISOLINT_NO_CACHE", "ISOLINT_CACHE_DIR",
)  # fmt: skip
_LARGEST = 1 << 26
_NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def replayed(arguments: Sequence[str]) -> int | None:
    """Repeat the output, and return the exit code; None where the command has to run."""
    if arguments[:1] != ["check"] or "_ISOLINT_COMPLETE" in os.environ:
        return None
    try:
        asked = context(arguments)
        found = _read(asked)
        if found is None:
            return None
        folder, sealed, body = found
        if sealed != seal(folder, asked, body):
            return None
        paths, looks, (code, said, out) = taken_apart(body)
        if looks != digest_of("\0".join(look(paths)[0])):
            return None
        sys.stderr.write(said)
        sys.stdout.write(out)
        sys.stdout.flush()
    except (OSError, ValueError):
        return None
    return code


def context(arguments: Sequence[str]) -> str:
    """Return all that an answer depends on beside files."""
    on_terminal = tuple(stream.isatty() for stream in (sys.stdout, sys.stderr))
    columns = os.get_terminal_size(sys.stdout.fileno()).columns if on_terminal[0] else 0
    environment = [os.environ.get(name) for name in _ENVIRONMENT]
    here = os.getcwd()  # noqa: PTH109
    told = (list(arguments), here, environment, sys.version, __file__, on_terminal, columns)
    return repr(told)


def name_of(asked: str) -> str:
    """Return the name of the file that holds the answer to the command ``asked``."""
    return digest_of(asked)[:16] + SUFFIX


def look(paths: Iterable[str]) -> tuple[list[str], int]:
    """Return how each file or folder looks, and when the newest file was changed, in nanoseconds.

    A path that ends in a slash is that of a folder, which stands for its entries. The other ones need not
    exist.
    """
    seen: list[str] = []
    newest = 0
    for path in paths:
        if path.endswith("/"):
            stamps, latest = _in_folder(path)
        else:
            stamps, latest = _stamped(path)
        newest = max(newest, latest)
        seen.append(stamps)
    return seen, newest


def _in_folder(folder: str) -> tuple[str, int]:
    newest = 0
    stamps: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                stamps.append(f"{entry.name}/")
            elif entry.name.endswith(_LOOKED_AT):
                about = entry.stat()
                newest = max(newest, about.st_mtime_ns, about.st_ctime_ns)
                stamps.append(f"{entry.name} {about.st_mtime_ns} {about.st_ctime_ns} {about.st_size}")
    return "\n".join(sorted(stamps)), newest


def is_looked_at(name: str) -> bool:
    """Whether a file of this name in a folder is one that counts."""
    return name.endswith(_LOOKED_AT)


def _stamped(path: str) -> tuple[str, int]:
    try:
        about = os.stat(path)  # noqa: PTH116  # pathlib takes longer to import than all of this to run
    except (FileNotFoundError, NotADirectoryError):
        return "-", 0
    if os.path.isdir(path):  # noqa: PTH112
        return "/", 0
    stamp = f"{about.st_mtime_ns} {about.st_ctime_ns} {about.st_size}"
    return stamp, max(about.st_mtime_ns, about.st_ctime_ns)


def seal(folder: str, asked: str, body: str) -> str:
    """Return a digest of the command and of the answer as it is kept in the cache ``folder``.

    With when the cache was made, to the nanosecond: an answer that comes with a repository has another seal,
    and so nothing is read, or looked at, that isolint itself did not write down here.
    """
    made = os.lstat(f"{folder}/{TAG}")
    return digest_of("\0".join((f"{made.st_ino} {made.st_ctime_ns}", asked, body)))


def put_together(paths: Sequence[str], seen: Sequence[str], answer: Answer) -> str:
    """Return as one text the paths that an answer depends on, their state, and the answer."""
    code, said, out = answer
    looks = digest_of("\0".join(seen))
    return "\n".join((f"{code} {len(paths)} {len(said)} {looks}", *paths, said + out))


def taken_apart(body: str) -> tuple[Sequence[str], str, Answer]:
    """Return the paths, a digest of their state, and the answer."""
    head, _, rest = body.partition("\n")
    code, number, length, looks = head.split(" ")
    *paths, told = rest.split("\n", int(number))
    return paths, looks, (int(code), told[: int(length)], told[int(length) :])


def digest_of(text: str) -> str:
    """Return a digest of a text."""
    try:
        from _blake2 import blake2b  # hashlib loads OpenSSL first, which takes as long as all the looking
    except ImportError:
        from hashlib import blake2b
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _read(asked: str) -> tuple[str, str, str] | None:
    """Return the folder, the seal and the body of the answer in the nearest cache that has one."""
    name, above, folder = name_of(asked), os.getcwd(), ""  # noqa: PTH109
    while above != folder:
        folder, above = above, os.path.dirname(above)  # noqa: PTH120
        if os.path.lexists(f"{folder}/{CACHE}/{name}"):
            digest, _, body = _content(f"{folder}/{CACHE}", name).partition("\n")
            return f"{folder}/{CACHE}", digest, body
    return None


def _content(folder: str, name: str) -> str:
    """Read a regular file in a folder that is no link; reading a named pipe could block for ever."""
    if os.path.islink(folder):  # noqa: PTH114
        raise OSError(f"{folder} leads elsewhere")
    descriptor = os.open(f"{folder}/{name}", os.O_RDONLY | _NO_WAITING)
    with os.fdopen(descriptor, "rb") as file:
        if not 0 < os.fstat(descriptor).st_size < _LARGEST or not file.seekable():
            return ""
        return file.read().decode("utf-8", "surrogatepass")
