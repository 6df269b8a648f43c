"""Files of one folder that are whole or not there, with any number of writers, killed at any moment.

The folder may come with the repository. So it is never followed elsewhere, only regular files of a bounded size are read, and a
file counts only with the seal that it was written with: a digest keyed by what a repository cannot know. That is the secret in
``ISOLINT_CACHE_KEY``, by which a cache counts on all machines that have it, or else when this folder was made on this machine,
to the nanosecond: a copy of it elsewhere was made at another time.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from contextlib import suppress
from operator import itemgetter
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, TypeVar, final

import msgspec

from isolint.project.sources.replacing import private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

T = TypeVar("T")

FOLDER = ".isolint_cache"
KEY = "ISOLINT_CACHE_KEY"
_TAG = "CACHEDIR.TAG"
_SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of isolint. `isolint clean` removes it.\n"
_LARGEST = 1 << 28
"""Bytes, of a file that is read; the compiled modules of a million lines take a fifteenth of that, in sixteen files."""
_MOST_HEAD = 100
_MOST_RUNS = 12
"""Of different configurations, or versions of isolint: the files of one begin with the same word."""
_TEMPORARY = "writing-"
_LONGEST_WRITING = 3_600_000_000_000
"""Nanoseconds; an older temporary file is left of a process that was killed."""
_OWN = ("-outcomes.json", "-links.json", "-modules.msgpack", ".answer")
_ALWAYS = frozenset({".gitignore", _TAG})


@final
class Store:
    """The files in ``folder``, which is made when the first is written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str, kind: type[T]) -> T | None:
        """Return the record written under ``name``, None where that is missing, damaged, of another kind, or from elsewhere."""
        body = self._body(name)
        try:
            return _format(name).decode(body, type=kind, dec_hook=_decoded) if body is not None else None
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None

    def write(self, name: str, value: object) -> bool:
        """Write ``value`` under ``name``, which says the format; False where that is not possible, which only costs time."""
        try:
            body = _format(name).encode(value, enc_hook=_encoded)
            if len(body) > _LARGEST - _MOST_HEAD:
                return False
            self._make_folder()
            self._replace(name, self.sealed(name, body))
        except (OSError, UnicodeEncodeError):  # half a character, in the name of a file
            return False
        return True

    def _body(self, name: str) -> bytes | None:
        if not _is_real_folder(self._folder):
            return None
        try:
            seal, _, body = _content(self._folder / name).partition(b"\n")
            return body if seal == self._seal(name, body) else None
        except OSError:
            return None

    def sealed(self, name: str, body: bytes) -> bytes:
        """Return the content of the file ``name`` that holds ``body``."""
        return self._seal(name, body) + b"\n" + body

    def _seal(self, name: str, body: bytes) -> bytes:
        """Return the head of a file. Its name counts: an outcome for one configuration says nothing about another."""
        seal = hashlib.blake2b(name.encode(), digest_size=16, key=self._key())
        seal.update(b"\n")
        seal.update(body)
        return seal.hexdigest().encode()

    def _key(self) -> bytes:
        shared = os.environ.get(KEY)  # empty in a job that may not see the secrets of its repository
        if shared:
            known = f"shared {shared}"
        else:
            made = (self._folder / _TAG).lstat()
            known = f"made {made.st_ino} {made.st_ctime_ns}"
        return hashlib.blake2b(known.encode("utf-8", "surrogateescape"), digest_size=32).digest()

    def keep_answer(self, name: str, content: bytes) -> None:
        """Write an answer beside the rest, where that is possible, and forget the oldest of many."""
        with suppress(OSError):
            self._replace(name, content)
        self.forget_the_oldest()

    def _make_folder(self) -> None:
        if not _is_real_folder(self._folder):
            self._folder.mkdir(parents=True)  # raises where a link or a file has the name
        for name, text in ((".gitignore", "*\n"), (_TAG, _SIGNATURE)):
            if not os.path.lexists(self._folder / name):
                self._replace(name, text.encode())

    def _replace(self, name: str, content: bytes) -> None:
        # Named before it is there: a signal that ends the process within `mkstemp` would leave the file behind.
        temporary = self._folder / f"{_TEMPORARY}{os.urandom(8).hex()}"
        try:
            with open(temporary, "xb", opener=private) as file:
                file.write(content)
            temporary.replace(self._folder / name)
        finally:
            temporary.unlink(missing_ok=True)

    def forget_the_oldest(self) -> None:
        """Remove files of configurations and versions that are long unused, and temporary files of killed processes.

        To be called once a run has written all of its files; where it is not possible, they stay.
        """
        with suppress(OSError):
            written = dict(sorted(_written(self._folder), key=itemgetter(1), reverse=True))
            begun = time.time_ns() - _LONGEST_WRITING
            gone = [
                path for path, when in written.items() if path.name.startswith(_TEMPORARY) and when < begun
            ]
            own = [path for path in written if path.name.endswith(_OWN)]
            for suffix in {path.suffix for path in own}:
                alike = [path for path in own if path.suffix == suffix]
                kept = [*dict.fromkeys(map(_run_of, alike))][:_MOST_RUNS]
                gone += (path for path in alike if _run_of(path) not in kept)
            for path in gone:
                path.unlink(missing_ok=True)

    def clear(self) -> list[str]:
        """Remove the files of a cache and the folder, and return the names of other files, which stay."""
        others: list[str] = []
        for path in sorted(self._folder.iterdir()):
            own = path.name in _ALWAYS or path.name.endswith(_OWN) or path.name.startswith(_TEMPORARY)
            if own and not path.is_dir():
                path.unlink()
            else:
                others.append(path.name)
        if not others:
            self._folder.rmdir()
        return others

    def is_ours(self) -> bool:
        """Whether the folder is there and says that it is a cache of isolint."""
        try:
            return _is_real_folder(self._folder) and _content(self._folder / _TAG) == _SIGNATURE.encode()
        except OSError:
            return False


def _format(name: str) -> ModuleType:
    """Return the module of msgspec for the format that the end of a file's name says."""
    return msgspec.json if name.endswith(".json") else msgspec.msgpack


def _run_of(path: Path) -> str:
    """Return the first word of a file's name, which tells the configuration or the version of isolint."""
    return path.stem.partition("-")[0]


def _written(folder: Path) -> Iterator[tuple[Path, int]]:
    """Yield the files of a folder, and when each was written; other processes may take them away meanwhile."""
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            about = path.lstat()
            if stat.S_ISREG(about.st_mode):
                yield path, about.st_mtime_ns


def _encoded(value: object) -> object:
    """Stand for a path in a record: the reader knows a better one."""
    if isinstance(value, PurePath):
        return ""
    raise TypeError(f"{type(value).__name__} has no place in a cache")


def _decoded(kind: type, value: object) -> object:
    if kind is PurePath and value == "":
        return PurePath()
    raise ValueError("not the mark of a path")


_NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def _content(path: Path) -> bytes:
    """Read a regular file; reading a named pipe could block for ever."""
    descriptor = os.open(path, os.O_RDONLY | _NO_WAITING)
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_size > _LARGEST:
            return b""
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(descriptor)


def _is_real_folder(folder: Path) -> bool:
    """Whether it is a folder itself: a link could lead anywhere."""
    try:
        return stat.S_ISDIR(folder.lstat().st_mode)
    except OSError:
        return False
