"""The boundary as SVG: nothing in it runs, and nothing is fetched."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

from isolint.report.boundary.assets import asset
from isolint.report.boundary.layout import HEIGHT, LEGEND, LETTER, MARGIN, TOP, layout
from isolint.report.boundary.markup import escaped
from isolint.report.boundary.model import codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.report.boundary.layout import Box, Layout
    from isolint.report.boundary.model import Boundary, Drives, Found, Imports

_WIDEST = 4.0
_LABEL_HEIGHT = 13
_BEND = 0.5
_SHARES = (0.5, 0.4, 0.6, 0.3, 0.7, 0.25, 0.75, 0.2, 0.8, 0.45, 0.55, 0.35, 0.65, 0.15, 0.85)
"""Positions of a label along its line, by preference."""
_Bends: TypeAlias = (
    "tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]"
)


def render(boundary: Boundary) -> str:
    """Return the picture as a document of its own."""
    style = asset("picture.css")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{picture(boundary, f"<style>{style}</style>")}\n'


def picture(boundary: Boundary, style: str = "") -> str:
    """Return the element ``svg``; items carry ``data-`` attributes with their place in the boundary."""
    places = layout(boundary)
    width, height = f"{places.width:.0f}", f"{places.height:.0f}"
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-label="{escaped(_summary(boundary))}">'
    )
    parts = [
        opening,
        style,
        _HEAD,
        '<g class="scene">',
        *(
            f'<text class="heading" x="{x:.1f}" y="{TOP - 26}">{escaped(heading)}</text>'
            for x, heading in places.headings
        ),
        *_lines(boundary, places),
        *_boxes(boundary, places),
        *_labels(boundary, places),
        *_legend(places.height - LEGEND),
        "</g></svg>",
    ]
    return "\n".join(part for part in parts if part)


def _summary(boundary: Boundary) -> str:
    bad = sum(bool(each.findings) for each in boundary.imports) + len(boundary.drives)
    return f"{len(boundary.packages)} packages, {len(boundary.imports)} imports between them, {bad} that must not be"


def _lines(boundary: Boundary, places: Layout) -> Iterator[str]:
    """Yield the lines, those that must not be last: they lie above the others."""
    boxes = places.packages
    for wrong in (False, True):
        for number, each in enumerate(boundary.imports):
            if bool(each.findings) is wrong:
                yield _import(number, each, boundary, boxes[each.importer], boxes[each.imported])
    drivers = dict(zip(boundary.drivers, places.drivers, strict=True))
    for number, reach in enumerate(boundary.drives):
        yield _drive(number, reach, boundary, boxes[reach.package], drivers[reach.driver])


def _labels(boundary: Boundary, places: Layout) -> Iterator[str]:
    """Yield the codes at each import that must not be, where they cover neither a box nor each other.

    Where a crowd leaves no room they are crowded out: the title of the line has them, and the page shows
    them when it is chosen.
    """
    covered = [
        (box.x + box.width / 2, box.middle, box.width / 2, HEIGHT / 2)
        for box in (*places.packages, *places.drivers)
    ]
    for number, each in enumerate(boundary.imports):
        if each.findings:
            text = codes(each.findings)
            half = len(text) * LETTER * 0.45
            start, end = places.packages[each.importer], places.packages[each.imported]
            wanted = [_on(_bends(start, end), share) for share in _SHARES]
            free = next((place for place in wanted if _is_free(*place, half, covered)), None)
            x, y = free or wanted[0]
            if free:
                covered.append((x, y, half, _LABEL_HEIGHT / 2))
            yield (
                f'<text class="codes{"" if free else " crowded"}" data-codes="{number}" x="{x:.1f}" y="{y + 3.5:.1f}">{escaped(text)}</text>'
            )


def _is_free(x: float, y: float, half: float, covered: list[tuple[float, float, float, float]]) -> bool:
    """Whether the place of a label is free; a covered rectangle has a middle and half its sizes."""
    return not any(
        abs(x - other_x) < half + wide and abs(y - other_y) < _LABEL_HEIGHT / 2 + high
        for other_x, other_y, wide, high in covered
    )


def _import(number: int, each: Imports, boundary: Boundary, start: Box, end: Box) -> str:
    names = f"{boundary.packages[each.importer].name} imports {boundary.packages[each.imported].name}"
    times = f"{each.count} import{'' if each.count == 1 else 's'}"
    kind = "import wrong" if each.findings else "import"
    return _line(kind, f'data-import="{number}"', f"{names}: {times}", each.count, each.findings, start, end)


def _drive(number: int, each: Drives, boundary: Boundary, start: Box, end: Box) -> str:
    title = f"{boundary.packages[each.package].name} reaches {each.driver}"
    return _line(
        "drive wrong", f'data-drive="{number}"', title, len(each.findings), each.findings, start, end
    )


def _line(
    kind: str, data: str, title: str, count: int, findings: tuple[Found, ...], start: Box, end: Box
) -> str:
    a, b, c, d = (f"{x:.1f} {y:.1f}" for x, y in _bends(start, end))
    path = f"M{a}C{b} {c} {d}"
    wide = min(1 + math.log2(max(count, 1)) / 2, _WIDEST)
    found = codes(findings)
    title = f"{title} ({found})" if found else title
    head = ' marker-end="url(#wrong)"' if findings else ' marker-end="url(#arrow)"'
    return (
        f'<g class="{kind}" {data}><title>{escaped(title)}</title>'
        f'<path class="reach" d="{path}"/><path class="line" d="{path}" stroke-width="{wide:.1f}"{head}/></g>'
    )


def _bends(start: Box, end: Box) -> _Bends:
    """Return the line from box to box: its beginning, its control point, and its end."""
    if start.column == end.column:
        x = start.x + start.width
        out = x + 26 + min(abs(start.y - end.y) * 0.18, 80)
        return (x, start.middle), (out, start.middle), (out, end.middle), (x + 5, end.middle)
    right = start.column < end.column
    from_x = start.x + (start.width if right else 0)
    to_x = end.x + (-5 if right else end.width + 5)
    bend = (to_x - from_x) * _BEND
    return (
        (from_x, start.middle),
        (from_x + bend, start.middle),
        (to_x - bend, end.middle),
        (to_x, end.middle),
    )


def _on(bends: _Bends, share: float) -> tuple[float, float]:
    """Return a point of the line by the share of its parameter, from 0 to 1."""
    rest = 1 - share
    weights = (rest**3, 3 * rest**2 * share, 3 * rest * share**2, share**3)
    x = sum(weight * point[0] for weight, point in zip(weights, bends, strict=True))
    return x, sum(weight * point[1] for weight, point in zip(weights, bends, strict=True))


def _boxes(boundary: Boundary, places: Layout) -> Iterator[str]:
    for number, (package, box) in enumerate(zip(boundary.packages, places.packages, strict=True)):
        wrong = " wrong" if package.findings else ""
        title = f"{package.name} ({package.role.value}): {box.detail}"
        title += f" ({codes(package.findings)})" if package.findings else ""
        yield _box(f"package {package.role.value}{wrong}", f'data-package="{number}"', title, box)
    for number, (driver, box) in enumerate(zip(boundary.drivers, places.drivers, strict=True)):
        yield _box("driver", f'data-driver="{number}"', f"{driver}: {box.detail}", box)


def _box(kind: str, data: str, title: str, box: Box) -> str:
    x = box.x + 12
    return (
        f'<g class="{kind}" {data}><title>{escaped(title)}</title>'
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{HEIGHT}" rx="7"/>'
        f'<text class="name" x="{x:.1f}" y="{box.y + 17:.1f}">{escaped(box.title)}</text>'
        f'<text class="detail" x="{x:.1f}" y="{box.y + 32:.1f}">{escaped(box.detail)}</text></g>'
    )


def _legend(y: float) -> Iterator[str]:
    for x, kind, text in (
        (MARGIN, "arrow", "imports; the wider, the more"),
        (MARGIN + 290, "wrong", "forbidden, with the codes of the rules"),
    ):
        yield (
            f'<path class="line legend-{kind}" d="M{x} {y:.1f}H{x + 34}" stroke-width="2" marker-end="url(#{kind})"/>'
            f'<text class="detail" x="{x + 44}" y="{y + 3.5:.1f}">{text}</text>'
        )


_HEAD = (
    "<defs>"
    + "".join(
        f'<marker id="{name}" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="8" markerHeight="8" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path class="{name}" d="M0 0L8 4L0 8z"/></marker>'
        for name in ("arrow", "wrong")
    )
    + "</defs>"
)
