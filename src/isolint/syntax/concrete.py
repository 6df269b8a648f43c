"""The concrete tree, for edits: a text with the edits of fixes made in it, and every other byte as it was.

Edits are made by their spans, so nothing around them can change; a line of which nothing is left goes. LibCST's tree of the result proves that it
is still Python, newer syntax included, and LibCST's visitors add the imports that an edit needs and remove
those that it orphans. Of their output, only the changed lines are taken: LibCST itself drops a form
feed in front of a statement, and a carriage return at the end of a file.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.syntax import parsing
from isolint.syntax.deep import with_deep_stack
from isolint.syntax.imports import imported, with_imports
from isolint.syntax.parsing import SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import libcst

    from isolint.model import Edit, Import, Span
    from isolint.syntax.imports import Home

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*")
"""A name that may be one of an import, and no attribute."""

_REFUSED = "LibCST, which makes the edits, cannot parse it, though Python can"

_WORD = re.compile(r"[^\W\d]\w*")


@final
class Revision(Struct, frozen=True):
    """Edits to make in one text, and the imports that they need."""

    edits: tuple[Edit, ...]
    imports: tuple[Import, ...] = ()


def revised(data: bytes, revision: Revision, home: Home) -> bytes | SyntaxProblem:
    """Return the file with the edits made, in its own encoding; a problem where that cannot be done."""
    text = parsing.decode(data)
    if isinstance(text, SyntaxProblem):
        return text
    changed = revised_text(text.content, revision, home)
    return changed if isinstance(changed, SyntaxProblem) else encoded(changed, data, text.content)


def encoded(changed: str, data: bytes, content: str) -> bytes | SyntaxProblem:
    """Return a text in the encoding of the file ``data``, which holds ``content``."""
    if "\ufffd" in content and b"\xef\xbf\xbd" not in data:
        return SyntaxProblem("a comment is not UTF-8, and would not be the same afterwards")
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    if content.encode(encoding) != data:
        return SyntaxProblem(f"{encoding} has more than one way to write this text")
    try:
        return changed.encode(encoding)
    except UnicodeEncodeError as error:
        return SyntaxProblem(f"{encoding} has no {changed[error.start]!r}")


def revised_text(content: str, revision: Revision, home: Home) -> str | SyntaxProblem:
    """Return the text with the edits made; a problem where the text, or the result, is no Python."""

    def work() -> str | SyntaxProblem:
        before = _parsed(content)
        if isinstance(before, SyntaxProblem):
            is_python = not isinstance(parsing.quick_tree(parsing.Text(content)), SyntaxProblem)
            why = before.message.partition(": expected one of")[0]
            return SyntaxProblem(f"{_REFUSED}: {why}" if is_python else why, before.line, before.column)
        return _revised(content, revision, home)

    try:
        return work()
    except RecursionError:
        return with_deep_stack(work)


@final
class Offsets:
    """The places of spans in a text, as offsets."""

    def __init__(self, content: str) -> None:
        self._starts = [0]
        for line in _LINE.findall(content):
            self._starts.append(self._starts[-1] + len(line))

    def of(self, span: Span) -> tuple[int, int]:
        """Return the first offset of a span, and the one behind it."""
        start, end = self._starts[span.line - 1], self._starts[span.end_line - 1]
        return start + span.column - 1, end + span.end_column - 1


def _revised(content: str, revision: Revision, home: Home) -> str | SyntaxProblem:
    offsets = Offsets(content)
    edits = [(*offsets.of(edit.span), edit.content) for edit in sorted(set(revision.edits))]
    changed, removed = content, ""
    for first, behind, new in reversed(edits):
        start, end = (first, behind) if new else _whole_line(content, first, behind)
        changed = changed[:start] + new + changed[end:]
        removed += f" {content[start:end]}"
    tree = _parsed(changed)
    if isinstance(tree, SyntaxProblem):
        return SyntaxProblem(f"the fix does not give Python: {tree.message}", tree.line, tree.column)
    last_mentions = {name for name in _NAME.findall(removed) if _mentions(changed, name) == 1}
    orphans = [] if home.is_package else [*imported(tree, last_mentions, home)]
    if not (revision.imports or orphans):
        return changed
    return _carried_over(changed, tree.code, with_imports(tree, revision.imports, orphans, home).code)


def _whole_line(content: str, start: int, end: int) -> tuple[int, int]:
    """Return the range of all the line where nothing would be left of it; a comment keeps its indentation."""
    first = max(content.rfind("\n", 0, start), content.rfind("\r", 0, start)) + 1
    behind = _LINE.match(content, end)
    rest = behind.group() if behind else ""
    if not content[start:end].strip() or content[first:start].strip():
        return start, end  # an insertion, a smaller indentation, or code before it
    if not rest.strip():
        return first, end + len(rest)
    return start, end + len(rest) - len(rest.lstrip()) if rest.lstrip().startswith("#") else end


def _parsed(content: str) -> libcst.Module | SyntaxProblem:
    text = parsing.Text(content)
    return parsing.parse(text, known_good=not isinstance(parsing.quick_tree(text), SyntaxProblem))


def _mentions(content: str, name: str) -> int:
    """Return how often a text says the name, comments and strings included."""
    return len(re.findall(rf"\b{name}\b", content))


def rewritten(
    content: str, changed: libcst.Module, wanted: Iterable[Import], home: Home
) -> str | SyntaxProblem:
    """Return the text as ``changed`` has it, with the imports ``wanted`` and without those that nothing needs any more."""
    before, after = (Counter(_WORD.findall(text)) for text in (content, changed.code))
    last_mentions = {name for name, count in after.items() if count == 1 < before[name]}
    orphans = [] if home.is_package else [*imported(changed, last_mentions, home)]
    copy = _parsed(content)
    if isinstance(copy, SyntaxProblem):
        return copy
    return _carried_over(content, copy.code, with_imports(changed, wanted, orphans, home).code)


def _carried_over(original: str, before: str, after: str) -> str | SyntaxProblem:
    """Change the lines of ``original`` that differ between two texts of LibCST's, of which ``before`` is its copy."""
    lines, was, now = (_LINE.findall(text) for text in (original, before, after))
    head = _common(was, now)
    tail = _common(was[head:][::-1], now[head:][::-1])
    last = len(was) - tail
    # LibCST drops a blank in some places, as that in `except (A, B) :`
    if ["".join(line.split()) for line in lines[:last]] != ["".join(line.split()) for line in was[:last]]:
        return SyntaxProblem("LibCST does not give the text back as it is")
    changed = lines[:head]
    matcher = SequenceMatcher(None, was[head:last], now[head : len(now) - tail], autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        same = tag == "equal"
        changed += lines[head + start : head + end] if same else now[head + new_start : head + new_end]
    return "".join((*changed, *lines[last:]))


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    """Return how many items the two begin with alike."""
    pairs = zip(left, right, strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(left), len(right)))
