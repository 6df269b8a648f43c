"""From the bytes of a file to its summary, encoded: plain data that depends on those bytes and its package alone."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import final

import msgspec
from msgspec import Struct

from isolint.summary.build import summarise
from isolint.summary.model import ModuleSummary
from isolint.syntax import parsing
from isolint.syntax.deep import with_deep_stack
from isolint.syntax.older import readable
from isolint.syntax.parsing import SyntaxProblem


@final
class Compiled(Struct, frozen=True, array_like=True):
    """What becomes of a file: the ``digest`` of its bytes, what it imports, its encoded summary.

    ``imports`` are the dotted absolute names, sorted. Of a file that cannot be read or parsed all is empty but the digest.
    """

    digest: str = ""
    imports: tuple[str, ...] = ()
    encoded: bytes = b""

    def summary(self) -> ModuleSummary | None:
        """Return the summary, None for a file that has none."""
        return _decoder().decode(self.encoded) if self.encoded else None

    def says_the_same(self, other: Compiled) -> bool:
        """Whether another file says the same to other modules, down to the line numbers."""
        return bool(self.encoded) and self.encoded == other.encoded


def digest_of(data: bytes) -> str:
    """Return the digest of the bytes of a file."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def compiled(data: bytes, package: str) -> Compiled:
    """Compile the bytes of a file whose relative imports start from ``package``."""
    digest, text = digest_of(data), parsing.decode(data)
    reading = readable(text) if not isinstance(text, SyntaxProblem) else text
    if isinstance(reading, SyntaxProblem):
        return Compiled(digest)
    try:
        summary = summarise(reading.tree, reading.text.content, package)
    except RecursionError:
        summary = with_deep_stack(lambda: summarise(reading.tree, reading.text.content, package))
    return compiled_from(summary, digest)


def compiled_from(summary: ModuleSummary, digest: str) -> Compiled:
    """Return a summary in the form in which it is kept."""
    imports = tuple(sorted({one.name for one in summary.imports}))
    return Compiled(digest, imports, msgspec.msgpack.encode(summary))


@cache
def _decoder() -> msgspec.msgpack.Decoder[ModuleSummary]:
    return msgspec.msgpack.Decoder(ModuleSummary)
