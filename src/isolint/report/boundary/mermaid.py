"""The boundary as a Mermaid flowchart, which GitHub and GitLab draw in Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from isolint.report.boundary.model import ROLES, codes
from isolint.report.view import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.report.boundary.model import Boundary

_SPECIAL = re.compile(r"[^\w .,:()/·-]")
_STYLES = {
    "core": "fill:#ddf4ff,stroke:#0969da,color:#1f2328",
    "runtime": "fill:#fbefff,stroke:#8250df,color:#1f2328",
    "unassigned": "fill:#f6f8fa,stroke:#8c959f,color:#1f2328",
    "shell": "fill:#fff8c5,stroke:#9a6700,color:#1f2328",
    "tests": "fill:#f6f8fa,stroke:#afb8c1,color:#1f2328",
    "driver": "fill:#ffebe9,stroke:#cf222e,color:#1f2328",
}


def render(boundary: Boundary) -> str:
    """Return a flowchart with a box for each role; a forbidden edge is red and carries its codes."""
    return "\n".join(["flowchart LR", *_boxes(boundary), *_lines(boundary), *_classes()]) + "\n"


def _boxes(boundary: Boundary) -> Iterator[str]:
    for role in ROLES:
        held = [(n, package) for n, package in enumerate(boundary.packages) if package.role is role]
        if held:
            yield f"  subgraph {role.value}_role[{role.value}]"
            yield from (f'    p{n}["{_text(package.name)}"]:::{role.value}' for n, package in held)
            yield "  end"
    if boundary.drives:
        yield "  subgraph drives"
        yield from (f'    d{n}["{_text(driver)}"]:::driver' for n, driver in enumerate(boundary.drivers))
        yield "  end"


def _lines(boundary: Boundary) -> Iterator[str]:
    wrong: list[int] = []
    number = 0
    for number, each in enumerate(boundary.imports, 1):
        label = _text(codes(each.findings)) if each.findings else str(each.count)
        arrow = "==>" if each.findings else "-->"
        yield f'  p{each.importer} {arrow}|"{label}"| p{each.imported}'
        if each.findings:
            wrong.append(number - 1)
    places = {driver: place for place, driver in enumerate(boundary.drivers)}
    for further, reach in enumerate(boundary.drives, number):
        yield f'  p{reach.package} ==>|"{_text(codes(reach.findings))}"| d{places[reach.driver]}'
        wrong.append(further)
    if wrong:
        yield f"  linkStyle {','.join(map(str, wrong))} stroke:#cf222e,color:#a40e26"


def _classes() -> Iterator[str]:
    return (f"  classDef {name} {style}" for name, style in _STYLES.items())


def _text(text: str) -> str:
    """Return a label in which nothing means anything to Mermaid: its own escapes are ``#`` and a number."""
    return _SPECIAL.sub(lambda match: f"#{ord(match[0])};", visible(text))
