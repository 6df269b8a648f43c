"""From the bytes of a file to its summary, encoded: plain data that depends on those bytes and its package alone."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache
from typing import final

import msgspec
from msgspec import Struct

from isolint.catalogue.combinators import DO, INTERPRETER, REFERENCE_RUNTIME, TELLING
from isolint.summary.build import summarise
from isolint.summary.model import ModuleSummary
from isolint.syntax import parsing
from isolint.syntax.deep import with_deep_stack
from isolint.syntax.older import readable
from isolint.syntax.parsing import SyntaxProblem

_OF_PLANS = frozenset({REFERENCE_RUNTIME, INTERPRETER, *TELLING, *DO})
_WAITING = frozenset({"async", "await", "send"})
_IMPORTERS = frozenset({"import_module", "__import__"})


@final
class Compiled(Struct, frozen=True, array_like=True):
    """What becomes of a file: the ``digest`` of its bytes, what it imports, its encoded summary.

    ``imports`` are the dotted absolute names, sorted. ``spells_plans`` says that the text has a word that every runtime of plans
    is known by, ``spells_waiting`` that it has ``async``, ``await`` or ``send``, ``imports_by_name`` that it may import a module
    whose name is computed. Of a file that cannot be read or parsed all is empty but the
    digest.
    """

    digest: str = ""
    imports: tuple[str, ...] = ()
    encoded: bytes = b""
    spells_plans: bool = False
    spells_waiting: bool = False
    imports_by_name: bool = False

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
    return compiled_from(summary, digest, reading.text.content)


def compiled_from(summary: ModuleSummary, digest: str, text: str) -> Compiled:
    """Return the summary of a file with this text in the form in which it is kept."""
    imports = tuple(sorted({one.name for one in summary.imports}))
    plain = _plain(text)
    return Compiled(
        digest,
        imports,
        msgspec.msgpack.encode(summary),
        _has_any(plain, _OF_PLANS),
        _has_any(plain, _WAITING),
        _has_any(plain, _IMPORTERS),
    )


def spells_plans(data: bytes) -> bool:
    """Whether the bytes of a file have a word that every runtime of plans is known by."""
    text = parsing.decode(data)
    return not isinstance(text, SyntaxProblem) and _has_any(_plain(text.content), _OF_PLANS)


def _has_any(text: str, words: frozenset[str]) -> bool:
    """Whether one of ``words`` stands in a text as a whole word."""
    found = [word for word in words if word in text]  # far quicker than a pattern, and mostly there is none
    return any(re.search(rf"\b{word}\b", text) for word in found)


def _plain(text: str) -> str:
    """Return a text in the letters of which Python makes its identifiers."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


@cache
def _decoder() -> msgspec.msgpack.Decoder[ModuleSummary]:
    return msgspec.msgpack.Decoder(ModuleSummary)
