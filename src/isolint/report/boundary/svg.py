"""The boundary as SVG: nothing in it runs, and nothing is fetched."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from isolint.report.boundary.assets import asset
from isolint.report.boundary.layout import HEIGHT, LETTER, TOP, layout
from isolint.report.boundary.markup import escaped
from isolint.report.boundary.model import codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.report.boundary.layout import Box, Layout
    from isolint.report.boundary.model import Boundary, Drives, Found, Imports

_WIDEST = 6.0
_LABEL_HEIGHT = 13
_BEND = 0.5


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
    """Yield the codes at each import that must not be, moved apart where they would cover each other."""
    taken: list[tuple[float, float, float]] = []
    for each in boundary.imports:
        if each.findings:
            text = codes(each.findings)
            _, x, y = _curve(places.packages[each.importer], places.packages[each.imported])
            half = len(text) * LETTER * 0.45
            while any(abs(x - ox) < half + wide and abs(y - oy) < _LABEL_HEIGHT for ox, oy, wide in taken):
                y += _LABEL_HEIGHT
            taken.append((x, y, half))
            yield f'<text class="codes" x="{x:.1f}" y="{y:.1f}">{escaped(text)}</text>'


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
    path, _, _ = _curve(start, end)
    wide = min(1 + math.log2(max(count, 1)), _WIDEST)
    found = codes(findings)
    title = f"{title} ({found})" if found else title
    head = ' marker-end="url(#wrong)"' if findings else ' marker-end="url(#arrow)"'
    return (
        f'<g class="{kind}" {data}><title>{escaped(title)}</title>'
        f'<path class="reach" d="{path}"/><path class="line" d="{path}" stroke-width="{wide:.1f}"{head}/></g>'
    )


def _curve(start: Box, end: Box) -> tuple[str, float, float]:
    """Return a path from box to box and the place of its label."""
    if start.column == end.column:
        x = start.x + start.width
        out = x + 26 + min(abs(start.y - end.y) * 0.18, 80)
        path = f"M{x:.1f} {start.middle:.1f}C{out:.1f} {start.middle:.1f} {out:.1f} {end.middle:.1f} {x + 5:.1f} {end.middle:.1f}"
        return path, x + (out - x) * 0.75 + 4, (start.middle + end.middle) / 2
    right = start.column < end.column
    from_x = start.x + (start.width if right else 0)
    to_x = end.x + (-5 if right else end.width + 5)
    bend = (to_x - from_x) * _BEND
    path = (
        f"M{from_x:.1f} {start.middle:.1f}C{from_x + bend:.1f} {start.middle:.1f} "
        f"{to_x - bend:.1f} {end.middle:.1f} {to_x:.1f} {end.middle:.1f}"
    )
    near = 0.5 if abs(start.column - end.column) == 1 else 0.18
    # A point of the curve itself: its ends are level, so t is as good as a share of the way.
    y = start.middle + (end.middle - start.middle) * near * near * (3 - 2 * near)
    return path, from_x + (to_x - from_x) * (1.5 * near * (1 - near) + near**3 if near < 0.5 else near), y - 4


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


_HEAD = (
    "<defs>"
    + "".join(
        f'<marker id="{name}" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="8" markerHeight="8" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path class="{name}" d="M0 0L8 4L0 8z"/></marker>'
        for name in ("arrow", "wrong")
    )
    + "</defs>"
)
