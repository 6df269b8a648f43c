"""The boundary in the language of Graphviz."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from isolint.report.boundary.model import ROLES, codes
from isolint.report.view import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.report.boundary.model import Boundary

_COLOURS = {
    "core": ("#0969da", "#ddf4ff"),
    "runtime": ("#8250df", "#fbefff"),
    "unassigned": ("#8c959f", "#f6f8fa"),
    "shell": ("#9a6700", "#fff8c5"),
    "tests": ("#afb8c1", "#f6f8fa"),
}
_RED = "#cf222e"


def render(boundary: Boundary) -> str:
    """Return a digraph with a cluster for each role; a forbidden edge is red and carries its codes."""
    head = (
        'digraph boundary {\n  rankdir=LR;\n  node [shape=box, style="rounded,filled", fontname="monospace"];'
    )
    return "\n".join([head, *_nodes(boundary), *_edges(boundary), "}"]) + "\n"


def _nodes(boundary: Boundary) -> Iterator[str]:
    for role in ROLES:
        held = [(n, package) for n, package in enumerate(boundary.packages) if package.role is role]
        if held:
            line, fill = _COLOURS[role.value]
            yield f"  subgraph cluster_{role.value} {{\n    label={_quoted(role.value)}; color={_quoted(line)};"
            for n, package in held:
                label = _quoted(f"{package.name}\n{package.modules} modules")
                yield f"    p{n} [label={label}, color={_quoted(line)}, fillcolor={_quoted(fill)}];"
            yield "  }"
    for n, driver in enumerate(boundary.drivers):
        yield f'  d{n} [label={_quoted(driver)}, color="{_RED}", fillcolor="#ffebe9"];'


def _edges(boundary: Boundary) -> Iterator[str]:
    for each in boundary.imports:
        width = f"{1 + math.log2(max(each.count, 1)) / 2:.1f}"
        ends = f"p{each.importer} -> p{each.imported}"
        if each.findings:
            yield f'  {ends} [label={_quoted(codes(each.findings))}, color="{_RED}", fontcolor="{_RED}", penwidth={width}];'
        else:
            yield f'  {ends} [label="{each.count}", color="#8c959f", penwidth={width}];'
    places = {driver: place for place, driver in enumerate(boundary.drivers)}
    for reach in boundary.drives:
        label = _quoted(codes(reach.findings))
        yield f'  p{reach.package} -> d{places[reach.driver]} [label={label}, color="{_RED}", fontcolor="{_RED}"];'


def _quoted(text: str) -> str:
    """Return a string of the language; only a line end of our own is one in it."""
    lines = (visible(line).replace("\\", "\\\\").replace('"', '\\"') for line in text.split("\n"))
    return '"' + "\\n".join(lines) + '"'
