"""Formats of a boundary map: complete, consistent with each other, and safe against hostile names."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import PurePath
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from isolint.model import Role
from isolint.report.boundary import dot, html, mermaid, records, svg
from isolint.report.boundary.formats import MapFormat, format_of, render
from isolint.report.boundary.layout import HEIGHT, layout
from isolint.report.boundary.model import Boundary, Imports, Package
from isolint.report.view import View
from tests.report.boundaries import ALONE, CROWD, HOSTILE, SMALL, STRANGE

VIEW = View(PurePath("/srv/shop"))
SVG = "{http://www.w3.org/2000/svg}"
ALL = pytest.mark.parametrize("boundary", [SMALL, STRANGE, ALONE], ids=["small", "strange", "alone"])


def of_class(root: ET.Element, kind: str) -> list[ET.Element]:
    return [each for each in root.iter() if kind in each.get("class", "").split()]


def texts(each: ET.Element) -> list[str]:
    return [text.text or "" for text in each.iter(f"{SVG}text")]


# SVG


def test_svg_shows_packages_imports_and_drives() -> None:
    root = ET.fromstring(svg.render(SMALL))  # noqa: S314 - our own
    assert texts(of_class(root, "package")[0]) == ["app.domain", "4 modules · 3 findings"]
    assert [len(of_class(root, kind)) for kind in ("package", "import", "drive", "driver")] == [6, 5, 2, 2]
    assert [each.text for each in of_class(root, "heading")] == [
        "drives",
        "core",
        "runtime",
        "unassigned",
        "shell",
        "tests",
    ]


def test_svg_paints_what_must_not_be_red_and_says_its_codes() -> None:
    root = ET.fromstring(svg.render(SMALL))  # noqa: S314
    wrong = [
        each
        for each in of_class(root, "wrong")
        if each.tag == f"{SVG}g" and "package" not in each.get("class", "")
    ]
    titles = [each.findtext(f"{SVG}title") for each in wrong]
    assert titles == [
        "app.domain imports app.infra: 1 import (ISO110)",
        "app.domain reaches asyncio.run (ISO102 x2)",
        "app.domain reaches app.helpers.go (ISO112)",
    ]
    assert [each.text for each in of_class(root, "codes")] == ["ISO110"]


def test_svg_draws_more_imports_wider() -> None:
    root = ET.fromstring(svg.render(SMALL))  # noqa: S314
    widths = {
        each.get("data-import"): float(line.get("stroke-width", ""))
        for each in of_class(root, "import")
        for line in of_class(each, "line")
    }
    assert widths["3"] < widths["0"] < widths["2"] <= widths["4"]


@ALL
def test_svg_is_xml_that_runs_and_fetches_nothing(boundary: Boundary) -> None:
    text = svg.render(boundary)
    root = ET.fromstring(text)  # noqa: S314
    tags = {each.tag.removeprefix(SVG) for each in root.iter()}
    assert tags <= {"svg", "style", "defs", "marker", "path", "g", "rect", "text", "title"}
    assert not {
        name for each in root.iter() for name in each.attrib if name.startswith("on") or "href" in name
    }
    assert "url(" not in text.replace("url(#", "")


def test_names_come_through_whole_in_titles() -> None:
    root = ET.fromstring(svg.render(STRANGE))  # noqa: S314
    title = of_class(root, "package")[0].findtext(f"{SVG}title") or ""
    assert "</script><img src=x onerror=alert(1)>\"'&]]>␛[31m" in title
    assert "\u202e" not in title


# Layout


@ALL
def test_no_two_boxes_overlap_and_all_are_inside(boundary: Boundary) -> None:
    places = layout(boundary)
    boxes = [*places.packages, *places.drivers]
    for number, one in enumerate(boxes):
        assert 0 <= one.x <= one.x + one.width <= places.width
        assert 0 <= one.y <= one.y + HEIGHT <= places.height
        for other in boxes[number + 1 :]:
            apart = one.x + one.width < other.x or other.x + other.width < one.x
            assert apart or abs(one.y - other.y) > HEIGHT


def test_columns_stand_in_the_order_of_roles() -> None:
    places = layout(SMALL).packages
    left = [places[number].x for number in (0, 1, 2, 3, 5)]
    assert left == sorted(set(left))
    assert places[3].x == places[4].x
    assert layout(SMALL).drivers[0].x < places[0].x


def test_connected_boxes_are_adjacent() -> None:
    core = [Package(f"core{n}", Role.CORE, 1) for n in range(5)]
    shell = [Package(f"shell{n}", Role.SHELL, 1) for n in range(5)]
    crossed = tuple(Imports(9 - n, n, 1) for n in range(5))
    places = layout(Boundary((*core, *shell), crossed)).packages
    assert [places[9 - n].y for n in range(5)] == [places[n].y for n in range(5)]


def test_no_code_covers_a_box_or_another_code() -> None:
    root = ET.fromstring(svg.render(CROWD))  # noqa: S314
    labels = [each for each in of_class(root, "codes") if "crowded" not in each.get("class", "")]
    boxes = layout(CROWD).packages
    assert len(labels) > 40
    places = [(float(each.get("x", "")), float(each.get("y", ""))) for each in labels]
    for number, (x, y) in enumerate(places):
        assert not any(abs(x - ox) < 36 and abs(y - oy) < 10 for ox, oy in places[number + 1 :])
        assert not any(box.x < x < box.x + box.width and box.y < y < box.y + HEIGHT for box in boxes)


def test_the_legend_is_below_everything_and_inside() -> None:
    for boundary in (SMALL, ALONE, CROWD):
        root = ET.fromstring(svg.render(boundary))  # noqa: S314
        places = layout(boundary)
        lines = [each.get("d", "") for each in root.iter() if "legend" in each.get("class", "")]
        heights = {float(line.partition("H")[0].split(" ")[1]) for line in lines}
        assert len(lines) == 2
        assert max(box.y + HEIGHT for box in (*places.packages, *places.drivers)) < min(heights)
        assert max(heights) < places.height


# HTML


class Page(HTMLParser):
    """The elements of a page: tags with their attributes, and the text of those that hold some."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.held: dict[str, list[str]] = {}
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.held.setdefault(tag, []).append("")
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser's name
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.held[self._inside][-1] += data


def hash_of(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@ALL
def test_html_may_run_its_own_script_and_nothing_else(boundary: Boundary) -> None:
    page = Page(html.render(boundary, VIEW, HOSTILE))
    (policy,) = (
        attributes["content"] or ""
        for tag, attributes in page.tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; ")
    scripts = [attributes for tag, attributes in page.tags if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "data"}, {}]
    assert f"script-src 'sha256-{hash_of(page.held['script'][1])}'" in policy
    assert f"style-src 'sha256-{hash_of(page.held['style'][0])}'" in policy
    assert not [tag for tag, _ in page.tags if tag in {"img", "iframe", "link", "object", "a"}]
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert not [
        name for _, attributes in page.tags for name in attributes if name in {"style", "src", "href"}
    ]


@ALL
def test_html_holds_the_picture_and_what_is_behind_it(boundary: Boundary) -> None:
    page = Page(html.render(boundary, VIEW))
    data = json.loads(page.held["script"][0])
    assert data == records.record(boundary, VIEW.short)
    assert sum("data-import" in attributes for _, attributes in page.tags) == len(boundary.imports)


# JSON


def test_json_has_what_is_documented() -> None:
    data: dict[str, Any] = json.loads(records.render(SMALL, VIEW))
    assert list(data) == ["version", "packages", "imports", "drives"]
    assert data["packages"][1] == {"name": "app.plans", "role": "runtime", "modules": 1, "findings": []}
    assert data["imports"][1] == {
        "importer": {"name": "app.domain", "role": "core"},
        "imported": {"name": "app.infra", "role": "shell"},
        "count": 1,
        "findings": [
            {
                "code": "ISO110",
                "message": "not so",
                "filename": "/srv/shop/app/domain/users.py",
                "location": {"row": 3, "column": 5},
                "chain": [],
            }
        ],
    }
    assert data["drives"][1]["driver"] == "app.helpers.go"
    assert data["drives"][1]["findings"][0]["chain"] == [
        {"name": "app.helpers.go", "place": "app/helpers.py:7"}
    ]


def test_json_brings_strange_names_as_they_are() -> None:
    assert json.loads(records.render(STRANGE, VIEW))["packages"][1]["name"] == HOSTILE


# Mermaid and dot


def test_mermaid() -> None:
    lines = mermaid.render(SMALL).splitlines()
    assert lines[:3] == ["flowchart LR", "  subgraph core_role[core]", '    p0["app.domain"]:::core']
    assert '  p0 ==>|"ISO110"| p3' in lines
    assert '  p3 -->|"16"| p0' in lines
    assert '  p0 ==>|"ISO102 x2"| d1' in lines
    assert "  linkStyle 1,5,6 stroke:#cf222e,color:#a40e26" in lines


def test_dot() -> None:
    text = dot.render(SMALL)
    assert text.startswith("digraph boundary {\n")
    assert '    p3 [label="app.infra\\n12 modules", color="#9a6700", fillcolor="#fff8c5"];' in text
    assert '  p0 -> p3 [label="ISO110", color="#cf222e", fontcolor="#cf222e", penwidth=1.0];' in text
    assert '  p0 -> d1 [label="ISO102 x2", color="#cf222e", fontcolor="#cf222e"];' in text


def test_in_mermaid_a_label_is_letters_and_numbered_escapes_only() -> None:
    labels = re.findall(r'"([^"\n]*)"', mermaid.render(STRANGE))
    assert len(labels) == 5
    for label in labels:
        assert re.fullmatch(r"(?:[\w .,:()/·-]|#\d+;)*", label)


def test_in_dot_a_string_ends_where_it_should() -> None:
    string = r'"(?:[^"\\\n]|\\.)*"'
    for line in dot.render(STRANGE).splitlines():
        assert re.sub(string, "", line).count('"') == 0
        assert not re.search(r"[\x00-\x1f\u202e]", line)


# All of them


@ALL
@pytest.mark.parametrize("chosen", MapFormat)
def test_the_same_picture_is_the_same_text(boundary: Boundary, chosen: MapFormat) -> None:
    text = render(boundary, chosen, VIEW, "shop")
    assert text == render(boundary, chosen, VIEW, "shop")
    assert text.endswith("\n")
    text.encode()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.svg", "svg"),
        ("a.HTML", "html"),
        ("a.mmd", "mermaid"),
        ("a.gv", "dot"),
        ("a.json", "json"),
        ("a", "svg"),
    ],
)
def test_a_name_asks_for_a_format(name: str, expected: str) -> None:
    assert format_of(PurePath(name)) is MapFormat(expected)


def test_an_unknown_ending_asks_for_none() -> None:
    assert format_of(PurePath("a.pdf")) is None
