"""Glimpses as JSON and back. What cannot be read back raises one of UNREADABLE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from isolint.project.cache.shape import flags, named_texts, numbers, texts
from isolint.semantics.exports import Exports
from isolint.semantics.glimpse import Glimpse
from isolint.semantics.imports import Imported

if TYPE_CHECKING:
    from collections.abc import Iterator


def encoded_glimpse(glimpse: Glimpse) -> list[Any]:
    """Return all that was seen of a module."""
    offered = glimpse.exports
    return [
        sorted(glimpse.words), sorted(glimpse.members), sorted(glimpse.sights),
        offered.origins, offered.stars,
        [[one.name, one.line, one.type_checking] for one in offered.imported], offered.given,
    ]  # fmt: skip


def decoded_glimpse(record: list[Any]) -> Glimpse:
    """Return the glimpse."""
    words, members, sights, origins, stars, imported, given = record
    offered = Exports(
        named_texts(origins),
        texts(stars),
        tuple(_decoded_imports(imported)),
        named_texts(given),
    )
    return Glimpse(frozenset(texts(words)), frozenset(texts(members)), frozenset(texts(sights)), offered)


def _decoded_imports(records: list[Any]) -> Iterator[Imported]:
    if records == []:
        return iter(())
    names, lines, hidden = map(list, zip(*records, strict=True))
    return map(Imported, texts(names), numbers(lines, least=1), flags(hidden))
