"""Files of one folder that are whole or not there, with any number of writers, killed at any moment.

The folder may come with the repository, so nothing in it is trusted: it is never followed elsewhere,
only regular files of a bounded size are read, of the types that were written, and what does not have
its own digest is no file at all.
"""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path, PurePath
from typing import TypeVar, final

import msgspec

T = TypeVar("T")

FOLDER = ".isolint_cache"
_TAG = "CACHEDIR.TAG"
_SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of isolint. `isolint clean` removes it.\n"
_LARGEST = 1 << 28
"""Bytes; 100,000 files need far fewer."""
_MOST_FILES = 12
_TEMPORARY = "writing-"
_OWN = ("-outcomes.json", "-links.json", "-modules.sealed", ".answer")
_ALWAYS = frozenset({".gitignore", _TAG})


@final
class Store:
    """The files in ``folder``, which is made when the first is written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str, kind: type[T]) -> T | None:
        """Return the record written under ``name``, None where that is missing, damaged, or of another kind."""
        body = self._body(f"{name}.json")
        try:
            return msgspec.json.decode(body, type=kind, dec_hook=_decoded) if body is not None else None
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None

    def write(self, name: str, value: object) -> bool:
        """Write ``value`` under ``name``; False where that is not possible, which only costs time."""
        try:
            body = msgspec.json.encode(value, enc_hook=_encoded)
        except UnicodeEncodeError:  # half a character, in the name of a file
            return False
        return self._write(f"{name}.json", body)

    def read_sealed(self, name: str, kind: type[T]) -> T | None:
        """Return the same for a record that was sealed here; one that came with a repository has another seal."""
        body = self._body(f"{name}.sealed", sealed=True)
        try:
            return msgspec.msgpack.decode(body, type=kind) if body is not None else None
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None

    def write_sealed(self, name: str, value: object) -> bool:
        """Write ``value`` under ``name`` so that only this folder may be asked for it: it is not looked at closely."""
        return self._write(f"{name}.sealed", msgspec.msgpack.encode(value), sealed=True)

    def _body(self, name: str, *, sealed: bool = False) -> bytes | None:
        if not _is_real_folder(self._folder):
            return None
        try:
            digest, _, body = _content(self._folder / name).partition(b"\n")
            return body if digest == digest_of(body, self._seal() if sealed else b"") else None
        except OSError:
            return None

    def _write(self, name: str, body: bytes, *, sealed: bool = False) -> bool:
        try:
            self._make_folder()
            self._replace(name, digest_of(body, self._seal() if sealed else b"") + b"\n" + body)
            self._forget_the_oldest(Path(name).suffix)
        except (OSError, UnicodeEncodeError):
            return False
        return True

    def _seal(self) -> bytes:
        """Return when this folder was made, to the nanosecond: a copy of it elsewhere was made at another time."""
        made = (self._folder / _TAG).lstat()
        return f"{made.st_ino} {made.st_ctime_ns}".encode()

    def keep_answer(self, name: str, content: bytes) -> None:
        """Write an answer beside the rest, where that is possible, and forget the oldest of many."""
        with suppress(OSError):
            self._replace(name, content)
            self._forget_the_oldest(Path(name).suffix)

    def _make_folder(self) -> None:
        if not _is_real_folder(self._folder):
            self._folder.mkdir(parents=True)  # raises where a link or a file has the name
        for name, text in ((".gitignore", "*\n"), (_TAG, _SIGNATURE)):
            if not os.path.lexists(self._folder / name):
                self._replace(name, text.encode())

    def _replace(self, name: str, content: bytes) -> None:
        import tempfile

        descriptor, temporary = tempfile.mkstemp(prefix=_TEMPORARY, dir=self._folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            Path(temporary).replace(self._folder / name)
        except BaseException:
            with suppress(OSError):
                Path(temporary).unlink()
            raise

    def _forget_the_oldest(self, suffix: str) -> None:
        """Other configurations and versions have files of their own; those long unused go."""
        kept = [
            path
            for path in self._folder.iterdir()
            if path.suffix == suffix or path.name.startswith(_TEMPORARY)
        ]
        kept.sort(key=lambda path: path.lstat().st_mtime_ns, reverse=True)
        for path in kept[_MOST_FILES:]:
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


def digest_of(body: bytes, seal: bytes = b"") -> bytes:
    """Return the head of a file whose content is ``body``."""
    return hashlib.blake2b(body, digest_size=16, key=seal).hexdigest().encode()
