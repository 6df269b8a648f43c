"""The lean tree says what libcst's own says: the same nodes, the same places, the same text."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from isolint.syntax import nodes, parsing
from isolint.syntax.trees import FullTree, NotPlaced, full_tree, lean_tree
from isolint.syntax.walk import children, descend

if TYPE_CHECKING:
    from isolint.syntax.trees import LeanTree

ROOT = Path(__file__).parents[2]
STANDARD_LIBRARY = Path(asyncio.__file__).parents[1]
NOT_PYTHON_3 = {"ISO900-unparsable", "report.py"}
FILES = [
    *sorted((ROOT / "src").rglob("*.py")),
    *(path for path in sorted((ROOT / "fixtures").rglob("*.py")) if not NOT_PYTHON_3 & set(path.parts)),
    *sorted(Path(asyncio.__file__).parent.glob("*.py")),
    *(
        STANDARD_LIBRARY / name
        for name in ("ast.py", "dataclasses.py", "typing.py", "argparse.py", "enum.py")
    ),
]
LAYOUT = (
    nodes.SimpleStatementLine,
    nodes.SimpleStatementSuite,
    nodes.IndentedBlock,
    nodes.FormattedStringText,
)
"""What only groups statements, or is text between expressions."""
OPERATIONS = (nodes.UnaryOperation, nodes.BinaryOperation, nodes.BooleanOperation, nodes.ComparisonTarget)

FORMS = """\
# \u00e4 comment
x = 1; y: int = 2; z: str
del x, (y)
a = b = (c, *d), [*e, f], {g, *h}, {"i": j, **k}
l[m], n[1:2, ...], o[(p, q)], r[s:], t[u, v]
w = lambda aa, /, bb=1, *cc, dd, ee=2, **ff: (yield)
gg = "one" 'two' "three", b"four", r'\\five', "\u00e9", f"{hh!r:>{ii}} {jj=}", f"{kk['ll']}" "mm"
nn = not oo and pp or qq and rr, ss if tt else uu, -vv ** ~ww, xx < yy <= zz is not None
ab @= (ac := ad)
ae(af, *ag, ah=ai, *aj, **ak)(al for al in am if an if ao for ap in aq)
def ar(as_: at = 1, /, au: "av" = 2, *aw: ax, ay: az, ba=3, **bb: bc) -> bd: ...
def be(*, bf): pass
@bg.bh(bi)
async def bj():
    async with bk as bl, bm as (bn, bo): await bp
    async for bq in br:
        continue
    else:
        return [bs async for bs in bt], {bu: bv for bu in bw}, {bx for bx in by}
    global bz, ca
    try: yield cb
    except (cc, cd) as ce: raise cf from cg
    except ch: raise
    else: pass
    finally: assert ci, cj
class ck(cl, *cm, cn=co): cp: cq = cr
if cs: pass
elif ct: pass
else:
    if cu: pass
while cv:
    break
from . import cw as cx
from ..cy.cz import (da, db)
from dc import *
import dd.de, df.dg as dh
match di:
    case dj.dk | -1 | "dl": pass
    case [dm, *dn] | (do, *_) if dp: pass
    case {"dq": dr, **ds}: pass
    case dt(du, dv=dw) as dx: pass
    case None | _: pass
def dy():
    dz = 0
    def ea():
        nonlocal dz
        yield from eb
"""
NEWER = {
    (3, 11): "try: a\nexcept* b as c: d\n",
    (3, 12): "type a[b: c, *d, **e] = f\ndef g[h](i: h): return f'{j + f\"{k}\"}'\nclass l[m]: pass\n",
    (3, 13): "type a[b = c] = d\n",
}


def both(source: bytes) -> tuple[LeanTree, FullTree]:
    """Return the lean and the full tree of ``source``."""
    text = parsing.decode(source)
    assert isinstance(text, parsing.Text)
    quick = parsing.quick_tree(text)
    assert isinstance(quick, ast.Module), quick
    full = full_tree(text, known_good=True)
    assert isinstance(full, FullTree), full
    return lean_tree(quick, text), full


def told(node: nodes.Node) -> list[str]:
    """Return what the nodes below ``node`` say, one line each, without how it is laid out."""
    lines: list[str] = []
    pending = [(node, 0)]
    while pending:
        current, depth = pending.pop()
        inner = list(children(current))
        if isinstance(current, nodes.ConcatenatedString):
            inner = [part for piece in pieces(current) for part in children(piece)]
        if not isinstance(current, LAYOUT):
            lines.append(" " * depth + described(current))
            depth += 1
        pending += [(child, depth) for child in reversed(inner)]
    return lines


def described(node: nodes.Node) -> str:
    """Return the kind of a node with what it says itself."""
    if isinstance(node, nodes.ConcatenatedString):
        formatted = any(isinstance(piece, nodes.FormattedString) for piece in pieces(node))
        return "FormattedString " if formatted else "ConcatenatedString"
    said: object = ""
    if isinstance(node, nodes.Name):
        said = node.value
    elif isinstance(node, nodes.SimpleString):
        said = ("\\" in node.value, node.evaluated_value)
    elif isinstance(node, nodes.Attribute):
        said = node.attr.value
    elif isinstance(node, nodes.Arg):
        said = (node.keyword.value if node.keyword is not None else "", node.star)
    elif isinstance(node, nodes.ImportFrom):
        said = len(node.relative)
    elif isinstance(node, (nodes.FunctionDef, nodes.For, nodes.With, nodes.CompFor)):
        said = node.asynchronous is not None
    elif isinstance(
        node, (nodes.UnaryOperation, nodes.BinaryOperation, nodes.BooleanOperation, nodes.ComparisonTarget)
    ):
        said = type(node.operator).__name__
    # The interpreter does not tell the two kinds of sequence patterns apart.
    return f"{type(node).__name__.replace('MatchTuple', 'MatchList')} {said}"


def pieces(node: nodes.BaseString) -> list[nodes.Node]:
    """Return the strings that stand side by side; the text in between expressions does not matter."""
    if isinstance(node, nodes.ConcatenatedString):
        return [*pieces(node.left), *pieces(node.right)]
    return [node]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_code(path: Path) -> None:
    check(path.read_bytes())


def test_every_form() -> None:
    check(FORMS.encode())
    check(FORMS.replace("\n", "\r\n").encode())


@pytest.mark.parametrize("version", NEWER, ids=str)
def test_forms_of_newer_versions(version: tuple[int, int]) -> None:
    import sys

    if sys.version_info < version:
        pytest.skip("this interpreter cannot parse it, so there is no lean tree of it")
    check(NEWER[version].encode())


def check(source: bytes) -> None:
    """Hold both trees of ``source`` against each other."""
    lean, full = both(source)
    assert told(lean.module) == told(full.module)
    compared = (nodes.BaseString, nodes.FormattedStringText, nodes.BaseFormattedExpression, *LAYOUT)
    theirs = [node for node in descend(full.module) if not isinstance(node, compared)]
    ours = [node for node in descend(lean.module) if not isinstance(node, compared)]
    spans = full.spans(theirs)
    for our, their in zip(ours, theirs, strict=True):
        try:
            span = lean.spans([our])[our]
        except NotPlaced:
            continue
        assert span == spans[their]
        if isinstance(our, nodes.BaseExpression):
            assert lean.text_of(our).split() == full.text_of(their).split()


def test_most_places_are_known() -> None:
    """So that starting again with libcst's tree stays the exception."""
    lean, _ = both((STANDARD_LIBRARY / "argparse.py").read_bytes())
    expressions = [
        n for n in descend(lean.module) if isinstance(n, (nodes.Call, nodes.Attribute, nodes.ImportAlias))
    ]
    assert all(lean.holds(node) for node in expressions)
