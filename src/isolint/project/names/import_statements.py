"""Import statements read off the beginning of a file by a regular expression, without parsing it.

Import roots are looked for in every file of a tree. A parse of each would take longer than the rest of the
run; an import that this misses, or a line of a docstring that it takes for one, is a vote among many.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.config.roles import HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

_STATEMENT = re.compile(
    rb"\n[ \t]*(?:from[ \t]+(?P<module>[A-Za-z_][\w.]*)[ \t]+import[ \t]*(?P<names>\([^)]*\)|[^\n#;]*)"
    rb"|import[ \t]+(?P<modules>[A-Za-z_][^\n#;]*))"
)
_NAME = re.compile(r"^\s*([A-Za-z_]\w*)")
_DOTTED = re.compile(r"^\s*([A-Za-z_]\w*(?:\.\w+)*)")


@final
class Statement(Struct, frozen=True, gc=False):
    """One absolute import: its dotted module and the first part of that, and where in the text it stands.

    ``listed`` is the text behind ``import`` in a ``from`` statement: most imports are told apart without the names.
    """

    module: str
    top: str
    offset: int
    listed: bytes = b""

    @property
    def names(self) -> tuple[str, ...]:
        """The names that are taken from the module."""
        return _names(self.listed)


def head(path: str) -> bytes:
    """Return the beginning of a file, nothing of one that cannot be read."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - pathlib doubles the time
            return file.read(HEAD_BYTES)
    except OSError:
        return b""


def statements(data: bytes, tops: Container[str] | None) -> Iterator[Statement]:
    """Yield the absolute imports of ``tops`` in the beginning of a module, those in functions included.

    None stands for all there are.
    """
    for match in _STATEMENT.finditer(b"\n" + data):
        module, listed, modules = match.groups()
        if module is not None:
            name = module.decode()
            top = name.partition(".")[0]
            if tops is None or top in tops:
                yield Statement(name, top, match.start(), listed)
            continue
        for part in modules.decode("utf-8", "replace").split(","):
            found = _DOTTED.match(part)
            top = found[1].partition(".")[0] if found is not None else ""
            if found is not None and (tops is None or top in tops):
                yield Statement(found[1], top, match.start())


def line_of(statement: Statement, data: bytes) -> int:
    """Return the line of a statement that was read from ``data``; lines start at 1."""
    return data.count(b"\n", 0, statement.offset) + 1


def _names(listed: bytes) -> tuple[str, ...]:
    lines = listed.strip(b"()").decode("utf-8", "replace").splitlines()
    parts = (part for line in lines for part in line.partition("#")[0].split(","))
    return tuple(found[1] for part in parts if (found := _NAME.match(part)))


def defines(data: bytes, name: str) -> bool:
    """Whether the beginning of a module binds a name at its top level."""
    return _definition(name).search(b"\n" + data) is not None


@cache
def _definition(name: str) -> re.Pattern[bytes]:
    word = re.escape(name.encode())
    return re.compile(rb"\n(?:(?:async[ \t]+)?def|class)[ \t]+" + word + rb"\b|\n" + word + rb"[ \t]*[:=]")
