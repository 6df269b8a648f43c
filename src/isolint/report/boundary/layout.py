"""The layout of a picture: a column for each role, connected boxes side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.report.boundary.model import ROLES, codes
from isolint.report.view import columns, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.report.boundary.model import Boundary

LETTER = 7.3
"""Pixels that a letter of the picture's font is wide."""
HEIGHT = 40
GAP = 16
"""Between two boxes of a column."""
CHANNEL = 150
"""Between two columns: room for the lines, and more of it for the codes of many of them."""
_WIDEST_CHANNEL = 270
TOP = 64
MARGIN = 28
_LONGEST_NAME = 34
_SWEEPS = 6
_SPREAD = 3.0
"""The greatest factor of the gap between boxes of a short column: lines that fan out can be told apart."""
LEGEND = 30
"""The height of the legend below everything."""
_LEGEND_WIDTH = 620


@final
class Box(Struct, frozen=True):
    """A rectangle in pixels, with its content. ``column`` counts from the left."""

    x: float
    y: float
    width: float
    title: str
    detail: str
    column: int

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return self.y + HEIGHT / 2


@final
class Layout(Struct, frozen=True):
    """Boxes by the place of their package, then of their driver; headings by the place of their column."""

    packages: tuple[Box, ...]
    drivers: tuple[Box, ...]
    headings: tuple[tuple[float, str], ...]
    width: float
    height: float


def layout(boundary: Boundary) -> Layout:
    """Return where everything stands; the same for equal boundaries."""
    columns_, headings = _columns(boundary)
    ordered = _untangled(columns_, _neighbours(boundary))
    texts = _texts(boundary)
    boxes: dict[int, Box] = {}
    tallest = max(map(len, ordered))
    channel = min(CHANNEL + 3 * sum(bool(each.findings) for each in boundary.imports), _WIDEST_CHANNEL)
    x = float(MARGIN)
    placed: list[tuple[float, str]] = []
    for index, (column, heading) in enumerate(zip(ordered, headings, strict=True)):
        width = max(_width(*texts[item]) for item in column)
        step = min(tallest / len(column), _SPREAD) * (HEIGHT + GAP)
        y = TOP + (tallest * (HEIGHT + GAP) - step * len(column) + step - HEIGHT - GAP) / 2
        for item in column:
            boxes[item] = Box(x, y, width, *texts[item], index)
            y += step
        placed.append((x, heading))
        x += width + channel
    count = len(boundary.packages)
    return Layout(
        tuple(boxes[item] for item in range(count)),
        tuple(boxes[item] for item in range(count, count + len(boundary.drivers))),
        tuple(placed),
        max(x - channel + MARGIN + CHANNEL / 2, _LEGEND_WIDTH),
        TOP + tallest * (HEIGHT + GAP) - GAP + MARGIN + LEGEND,
    )


def shortened(name: str) -> str:
    """Return a name that fits into a box: its end says more than its middle."""
    shown = visible(name)
    if columns(shown) <= _LONGEST_NAME:
        return shown
    start = _LONGEST_NAME // 3
    return f"{shown[:start]}…{shown[-(_LONGEST_NAME - start - 1) :]}"


def _columns(boundary: Boundary) -> tuple[list[list[int]], list[str]]:
    """Return the items of each column that has any, by number: packages first, then drivers."""
    count = len(boundary.packages)
    drivers = list(range(count, count + len(boundary.drivers)))
    by_role = [
        ([place for place, package in enumerate(boundary.packages) if package.role is role], role.value)
        for role in ROLES
    ]
    held = [(items, heading) for items, heading in [(drivers, "drives"), *by_role] if items]
    return [items for items, _ in held], [heading for _, heading in held]


def _neighbours(boundary: Boundary) -> dict[int, list[int]]:
    count = len(boundary.packages)
    numbers = {driver: count + place for place, driver in enumerate(boundary.drivers)}
    pairs = [(each.importer, each.imported) for each in boundary.imports]
    pairs += [(each.package, numbers[each.driver]) for each in boundary.drives]
    found: dict[int, list[int]] = {}
    for one, other in pairs:
        found.setdefault(one, []).append(other)
        found.setdefault(other, []).append(one)
    return found


def _untangled(items: list[list[int]], neighbours: dict[int, list[int]]) -> list[list[int]]:
    """Return the columns in an order with fewer crossings: each item near the average of its neighbours."""
    ordered = [list(column) for column in items]
    for _ in range(_SWEEPS):
        height = {
            item: (place + 0.5) / len(column) for column in ordered for place, item in enumerate(column)
        }
        for place, column in enumerate(ordered):
            inside = set(column)
            wanted = {
                item: _average(
                    [height[other] for other in neighbours.get(item, ()) if other not in inside], height[item]
                )
                for item in column
            }
            ordered[place] = sorted(column, key=lambda item: (wanted[item], item))
            height |= {item: (n + 0.5) / len(column) for n, item in enumerate(ordered[place])}
    return ordered


def _average(heights: Sequence[float], otherwise: float) -> float:
    return sum(heights) / len(heights) if heights else otherwise


def _texts(boundary: Boundary) -> dict[int, tuple[str, str]]:
    texts: dict[int, tuple[str, str]] = {}
    for place, package in enumerate(boundary.packages):
        modules = f"{package.modules} module{'' if package.modules == 1 else 's'}"
        number = len(package.findings)
        found = f" · {number} finding{'' if number == 1 else 's'}" if number else ""
        texts[place] = shortened(package.name), modules + found
    for place, driver in enumerate(boundary.drivers, len(boundary.packages)):
        reached = tuple(found for each in boundary.drives if each.driver == driver for found in each.findings)
        texts[place] = shortened(driver), codes(reached)
    return texts


def _width(title: str, detail: str) -> float:
    return max(columns(title) * LETTER, columns(detail) * LETTER * 0.86) + 24
