"""From the bytes of a file to its summary, encoded: plain data that depends on those bytes and its package alone."""

from __future__ import annotations

import hashlib
import zlib
from functools import cache
from typing import TYPE_CHECKING, TypeVar, final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from isolint.semantic_index.index import build
from isolint.summary.build import bodies_of, imports_of, summary_of
from isolint.summary.model import FunctionBody, Imported, ModuleSummary
from isolint.summary.symbols import Symbols, SymbolTable
from isolint.syntax import parsing
from isolint.syntax.deep import with_deep_stack
from isolint.syntax.older import readable
from isolint.syntax.parsing import SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Callable

    from isolint.semantic_index.index import SemanticIndex

T = TypeVar("T")

_QUICK = 1
"""The level of compression: higher ones take twice the time and save nothing."""


@final
class Compiled(Struct, frozen=True, array_like=True):
    """The result of reading a file: the ``digest`` of its bytes and its summary, encoded and compressed to a third.

    ``spells_plans`` is False for a text without any name that tells a runtime of plans; ``replaces_coroutines`` tells one
    that may put other functions in the place of coroutine functions. ``bodies`` are the insides of its functions, empty
    until they are asked for. ``imports`` are apart, since import chains ask many modules for nothing else. Of a file that
    cannot be read or parsed all is empty but the digest.
    """

    digest: str = ""
    encoded: bytes = b""
    imports: bytes = b""
    bodies: bytes = b""
    spells_plans: bool = True
    replaces_coroutines: bool = False

    def summary(self) -> ModuleSummary | None:
        """Return the summary, None for a file that has none."""
        return _decoder(ModuleSummary).decode(zlib.decompress(self.encoded)) if self.encoded else None

    def imported(self) -> tuple[Imported, ...]:
        """Return the imports of the file, in the order of the text."""
        return _decoder(tuple[Imported, ...]).decode(self.imports) if self.imports else ()


def digest_of(data: bytes) -> str:
    """Return the digest of the bytes of a file."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def compiled(data: bytes, package: str, *, bodies: bool = False) -> Compiled:
    """Compile the bytes of a file whose relative imports start from ``package``; its bodies only if they are asked for."""
    digest = digest_of(data)

    def made(index: SemanticIndex, text: str) -> Compiled:
        return compiled_from(index, text, digest, bodies=bodies)

    return _indexed(data, package, made) or Compiled(digest)


def with_bodies(made: Compiled, data: bytes, package: str) -> Compiled:
    """Return a compiled file with the bodies of its functions; none where ``data`` are not its bytes any more."""
    summary = made.summary()
    if summary is None or digest_of(data) != made.digest:
        return replace(made, bodies=_NO_BODIES)
    found = _indexed(
        data,
        package,
        lambda index, _text: replace(made, bodies=_encoded(index, Symbols(index, SymbolTable(summary)))),
    )
    return found or replace(made, bodies=_NO_BODIES)


def compiled_from(index: SemanticIndex, text: str, digest: str, *, bodies: bool) -> Compiled:
    """Compile an indexed module whose bytes have this digest."""
    symbols = Symbols(index)
    encoded = _compressed(summary_of(index, symbols, text))
    imports = msgspec.msgpack.encode(tuple(imports_of(index)))
    return Compiled(digest, encoded, imports, _encoded(index, symbols) if bodies else b"")


def decoded_bodies(made: Compiled) -> dict[str, msgspec.Raw]:
    """Return the bodies of functions by qualified name, each still encoded, for :func:`decoded_body`."""
    return _decoder(dict[str, msgspec.Raw]).decode(zlib.decompress(made.bodies)) if made.bodies else {}


def decoded_body(body: msgspec.Raw) -> FunctionBody:
    """Return the body of a function."""
    found: FunctionBody = _decoder(FunctionBody).decode(body)
    return found


def _encoded(index: SemanticIndex, symbols: Symbols) -> bytes:
    encode = msgspec.msgpack.encode
    return _compressed({name: msgspec.Raw(encode(body)) for name, body in bodies_of(index, symbols).items()})


def _compressed(value: object) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(value), _QUICK)


_NO_BODIES = _compressed({})


def _indexed(data: bytes, package: str, work: Callable[[SemanticIndex, str], Compiled]) -> Compiled | None:
    """Return the result of ``work`` on the index and text of a file; None for one that cannot be parsed."""
    text = parsing.decode(data)
    reading = readable(text) if not isinstance(text, SyntaxProblem) else text
    if isinstance(reading, SyntaxProblem):
        return None

    def done() -> Compiled:
        index = build(reading.tree, package)
        try:
            return work(index, reading.text.content)
        finally:
            index.release()

    try:
        return done()
    except RecursionError:
        return with_deep_stack(done)


@cache
def _decoder(of: type[T]) -> msgspec.msgpack.Decoder[T]:
    return msgspec.msgpack.Decoder(of)
