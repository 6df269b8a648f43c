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
from typing import TYPE_CHECKING, TypeAlias, final

from msgspec import Struct

from isolint.syntax import parsing
from isolint.syntax.deep import with_deep_stack
from isolint.syntax.parsing import SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    import libcst
    from libcst.codemod.visitors import RemoveImportsVisitor

    from isolint.model import Edit, Import, Span

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*")
"""A name that may be one of an import, and no attribute."""

_REFUSED = "LibCST, which makes the edits, cannot parse it, though Python can"

_WORD = re.compile(r"[^\W\d]\w*")

_Alias: TypeAlias = "tuple[str, str | None, str | None]"
"""Module, name and alias of an import, as LibCST's visitors take them."""
_Line: TypeAlias = "libcst.SimpleStatementLine | libcst.BaseCompoundStatement"


@final
class Revision(Struct, frozen=True):
    """Edits to make in one text, and the imports that they need."""

    edits: tuple[Edit, ...]
    imports: tuple[Import, ...] = ()


@final
class Home(Struct, frozen=True):
    """The module that a text is: relative imports start at its package. ``own`` are the project's top-level packages."""

    module: str = ""
    is_package: bool = False
    own: frozenset[str] = frozenset()

    @property
    def package(self) -> str:
        """The dotted name of the package, empty for a module that is in none."""
        return self.module if self.is_package else self.module.rpartition(".")[0]


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
    orphans = [] if home.is_package else [*_imported(tree, last_mentions, home)]
    if not (revision.imports or orphans):
        return changed
    return _carried_over(changed, tree.code, _with_imports(tree, revision.imports, orphans, home).code)


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


def _imported(tree: libcst.Module, names: Container[str], home: Home) -> Iterator[_Alias]:
    """Yield the imports of the module that bind ``names``.

    A statement with a comment stays: the comment would go with it, and may be about more than the import.
    """
    import libcst
    from libcst.helpers import get_absolute_module_from_package_for_import as absolute_module

    for line in tree.body:
        if not isinstance(line, libcst.SimpleStatementLine) or "#" in tree.code_for_node(line):
            continue
        for statement in line.body:
            if not isinstance(statement, (libcst.Import, libcst.ImportFrom)):
                continue
            if isinstance(statement.names, libcst.ImportStar):
                continue
            module = ""
            if isinstance(statement, libcst.ImportFrom):
                module = absolute_module(home.package or None, statement) or ""
            for alias in statement.names:
                name, asname = alias.evaluated_name, alias.evaluated_alias
                if (asname or name) not in names or asname == name:
                    continue
                if isinstance(statement, libcst.Import):
                    yield name, None, asname
                elif module:
                    yield module, name, asname


def rewritten(
    content: str, changed: libcst.Module, wanted: Iterable[Import], home: Home
) -> str | SyntaxProblem:
    """Return the text as ``changed`` has it, with the imports ``wanted`` and without those that nothing needs any more."""
    before, after = (Counter(_WORD.findall(text)) for text in (content, changed.code))
    last_mentions = {name for name, count in after.items() if count == 1 < before[name]}
    orphans = [] if home.is_package else [*_imported(changed, last_mentions, home)]
    copy = _parsed(content)
    if isinstance(copy, SyntaxProblem):
        return copy
    return _carried_over(content, copy.code, _with_imports(changed, wanted, orphans, home).code)


def _with_imports(
    tree: libcst.Module, wanted: Iterable[Import], orphans: Sequence[_Alias], home: Home
) -> libcst.Module:
    """Add the imports ``wanted``, and remove ``orphans``, which the text says nowhere else.

    LibCST's visitors go through all that they are given, at length, so they are given the import statements, and in
    the place of the code behind them a ``pass``.
    """
    import libcst
    from libcst.codemod import CodemodContext
    from libcst.codemod.visitors import AddImportsVisitor, RemoveImportsVisitor

    from isolint.syntax.import_order import arranged

    context = CodemodContext(full_module_name=home.module or None, full_package_name=home.package or None)
    for module, name, alias in orphans:
        RemoveImportsVisitor.remove_unused_import(context, module, name, alias)
    for needed in wanted:
        AddImportsVisitor.add_needed_import(context, needed.module, needed.name or None)
    end = next((at for at, line in enumerate(tree.body) if not _is_head(line, at)), len(tree.body))
    first = tree.body[end] if end < len(tree.body) else None
    above = first.leading_lines if first is not None else ()
    stand_in = [libcst.SimpleStatementLine([libcst.Pass()], leading_lines=above)] if first is not None else []
    head = AddImportsVisitor(context).transform_module(tree.with_changes(body=[*tree.body[:end], *stand_in]))
    own = home.own | {home.module.partition(".")[0]}
    body = arranged(tree.body[:end], head.body[: len(head.body) - len(stand_in)], own)
    if first is not None:
        body += [first.with_changes(leading_lines=head.body[-1].leading_lines), *tree.body[end + 1 :]]
    if orphans:
        removal = RemoveImportsVisitor(context)
        body = _without_orphans(body, removal)
    return tree.with_changes(body=body, header=head.header)


def _is_head(line: libcst.CSTNode, at: int) -> bool:
    """Whether a statement is an import, or the docstring that comes first."""
    import libcst

    small = line.body if isinstance(line, libcst.SimpleStatementLine) else ()
    if at == 0 and len(small) == 1 and isinstance(small[0], libcst.Expr):
        return isinstance(small[0].value, (libcst.SimpleString, libcst.ConcatenatedString))
    return len(small) == 1 and isinstance(small[0], (libcst.Import, libcst.ImportFrom))


def _without_orphans(body: Iterable[_Line], removal: RemoveImportsVisitor) -> list[_Line]:
    """Remove imports; blank lines above a statement that goes stay above the next one."""
    import libcst

    from isolint.syntax.import_order import with_last_comma

    kept: list[_Line] = []
    above: Sequence[libcst.EmptyLine] = ()
    for line in body:
        small = line.body if isinstance(line, libcst.SimpleStatementLine) else ()
        is_import = any(isinstance(one, (libcst.Import, libcst.ImportFrom)) for one in small)
        left = removal.transform_module(libcst.Module([line])).body if is_import else [line]
        if not left:
            above = above or line.leading_lines
            continue
        left = [with_last_comma(line, left[0]), *left[1:]] if is_import else left
        kept += [left[0] if left[0].leading_lines else left[0].with_changes(leading_lines=above), *left[1:]]
        above = ()
    return kept


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
