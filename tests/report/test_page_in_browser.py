"""The page in a real browser: it runs under its own policy, zooms, and shows findings on a click.

Needs Playwright and a Chromium; `make browser` gets both, and then a test that is skipped fails.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import pytest

from isolint.report.boundary import html
from isolint.report.view import View
from tests.report.boundaries import CROWD, HOSTILE, SMALL, STRANGE
from tests.report.chromium import NoChromiumError, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from isolint.report.boundary.model import Boundary

_TRANSFORMS = "() => document.querySelector('#picture svg').getAttribute('viewBox').split(' ').map(Number)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with ExitStack() as stack:
        try:
            started = stack.enter_context(running())
        except NoChromiumError as missing:
            (pytest.fail if "REQUIRE_BROWSER" in os.environ else pytest.skip)(str(missing))
        yield started


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Callable[[Boundary], Any]]:
    """Return a function that opens a map offline, and fails for any error or message of the page."""
    context = browser.new_context(viewport={"width": 1200, "height": 800}, offline=True)
    complaints: list[str] = []

    def open_page(boundary: Boundary) -> Any:
        file = tmp_path / "map.html"
        file.write_text(html.render(boundary, View(PurePath("/srv/shop")), "shop"), encoding="utf-8")
        page = context.new_page()
        for event in ("console", "pageerror", "dialog", "request"):
            page.on(event, heard(complaints, event))
        page.goto(file.as_uri())
        return page

    yield open_page
    context.close()
    assert [
        complaint for complaint in complaints if complaint != f"request {tmp_path.as_uri()}/map.html"
    ] == []


def heard(complaints: list[str], event: str) -> Callable[[Any], None]:
    """Return a handler that records an event of a page."""

    def hear(happened: Any) -> None:
        text = {"console": "text", "dialog": "message", "request": "url", "pageerror": "message"}[event]
        complaints.append(f"{event} {getattr(happened, text)}")

    return hear


def shown(page: Any) -> tuple[float, float, float, float]:
    return tuple(page.evaluate(_TRANSFORMS))


def middle(page: Any, selector: str) -> tuple[float, float]:
    """Return a point on a line: the middle of its length."""
    script = """selector => {
        const path = document.querySelector(selector + ' .line');
        const at = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM());
        return [at.x, at.y];
    }"""
    x, y = page.evaluate(script, selector)
    return x, y


def test_a_click_on_a_line_shows_its_findings(opened: Any) -> None:
    page = opened(SMALL)
    page.mouse.click(*middle(page, "[data-import='1']"))
    panel = page.locator("#panel")
    assert panel.locator("h2").inner_text() == "app.domain → app.infra"
    assert panel.locator("li").all_inner_texts() == ["ISO110not so\napp/domain/users.py:3:5"]
    assert page.locator("[data-import='1']").get_attribute("class") == "import wrong chosen near"


def test_a_drive_shows_its_chain(opened: Any) -> None:
    page = opened(SMALL)
    page.mouse.click(*middle(page, "[data-drive='1']"))
    assert page.locator("#panel .chain li").all_inner_texts() == ["app.helpers.go (app/helpers.py:7)"]


@pytest.mark.parametrize(
    ("selector", "title", "number"),
    [
        ("[data-package='0']", "app.domain", 3),
        ("[data-driver='1']", "asyncio.run", 2),
        ("[data-package='2']", "app", 0),
    ],
)
def test_boxes_can_be_chosen_by_key(opened: Any, selector: str, title: str, number: int) -> None:
    page = opened(SMALL)
    page.locator(selector).focus()
    page.keyboard.press("Enter")
    assert page.locator("#panel h2").inner_text() == title
    assert page.locator("#panel > ol > li").count() == number


def near(page: Any) -> list[str]:
    """Return the titles of the boxes that do not fade."""
    titles: list[str] = page.locator("#picture :is(.package, .driver).near title").all_text_contents()
    return titles


def test_a_clicked_box_highlights_its_neighbours_until_escape(opened: Any) -> None:
    page = opened(SMALL)
    page.locator("[data-package='4'] rect").click()
    assert [title.partition(" ")[0] for title in near(page)] == ["app.infra", "app.main"]
    for selector, opacity in (("[data-package='4']", "1"), ("[data-package='0']", "0.12")):
        assert page.locator(selector).evaluate("item => getComputedStyle(item).opacity") == opacity
    page.keyboard.press("Escape")
    assert near(page) == []
    assert page.locator("[data-package='0']").evaluate("item => getComputedStyle(item).opacity") == "1"
    assert page.locator("#panel h2").count() == 0


def test_a_click_beside_everything_lets_go(opened: Any) -> None:
    page = opened(SMALL)
    page.locator("[data-package='4'] rect").click()
    page.locator("#picture").click(position={"x": 5, "y": 5})
    assert near(page) == []


def test_the_panel_of_a_box_leads_to_its_lines(opened: Any) -> None:
    page = opened(SMALL)
    page.locator("[data-package='0'] rect").click()
    panel = page.locator("#panel")
    assert panel.locator("h3").all_inner_texts() == [
        "reaches",
        "imports",
        "imported by",
        "findings: ISO102, ISO110, ISO301",
    ]
    assert panel.locator(".link").all_inner_texts() == [
        "ISO102 x2asyncio.run",
        "ISO112app.helpers.go",
        "ISO110app.infra",
        "app.plans",
        "app.infra",
        "tests",
    ]
    panel.get_by_role("button", name="asyncio.run").focus()
    page.keyboard.press("Enter")
    assert panel.locator("h2").inner_text() == "app.domain → asyncio.run"


def test_codes_that_a_crowd_has_no_room_for_come_with_their_line(opened: Any) -> None:
    page = opened(CROWD)
    crowded = page.locator(".codes.crowded")
    number = crowded.first.get_attribute("data-codes")
    assert not crowded.first.is_visible()
    page.locator(f"[data-import='{number}']").focus()
    page.keyboard.press("Enter")
    assert crowded.first.is_visible()


def test_the_picture_moves_and_zooms_by_key(opened: Any) -> None:
    page = opened(SMALL)
    before = shown(page)
    page.locator("#picture").focus()
    page.keyboard.press("ArrowRight")
    assert shown(page)[0] > before[0]
    page.keyboard.press("+")
    assert shown(page)[2] < before[2]
    page.keyboard.press("0")
    assert shown(page) == before


def test_interactive_elements_have_accessible_names(opened: Any) -> None:
    page = opened(SMALL)
    assert page.get_by_role("button", name="app.domain imports app.infra: 1 import (ISO110)").count() == 1
    assert page.get_by_role("button", name="asyncio.run: ISO102 x2").count() == 1


def test_the_wheel_zooms_where_the_mouse_is_and_fit_shows_everything(opened: Any) -> None:
    page = opened(SMALL)
    before = shown(page)
    box = page.locator("[data-package='0'] rect").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.wheel(0, -300)
    page.wait_for_function(f"() => {_TRANSFORMS.partition('=> ')[2]}[2] < {before[2]}")
    larger = page.locator("[data-package='0'] rect").bounding_box()
    assert larger["width"] > box["width"]
    assert abs(larger["x"] + larger["width"] / 2 - x) < 2
    assert abs(larger["y"] + larger["height"] / 2 - y) < 2
    page.locator("#fit").click()
    assert shown(page) == before


def test_dragging_moves_the_picture_and_chooses_nothing(opened: Any) -> None:
    page = opened(SMALL)
    box = page.locator("[data-package='0'] rect").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=4)
    page.mouse.up()
    moved = page.locator("[data-package='0'] rect").bounding_box()
    assert abs(moved["x"] - box["x"] - 100) < 2
    assert abs(moved["y"] - box["y"] - 50) < 2
    assert page.locator("#panel h2").count() == 0


def test_the_search_fades_what_is_not_looked_for(opened: Any) -> None:
    page = opened(SMALL)
    page.locator("#search").fill("INFRA")
    faded = page.locator("#picture .package.faded title").all_text_contents()
    assert len(faded) == 5
    assert not any(title.startswith("app.infra") for title in faded)


def test_harmless_lines_can_be_left_out(opened: Any) -> None:
    page = opened(SMALL)
    page.locator("#wrong-only").check()
    visible = page.locator("#picture .import:not(.hidden)")
    assert [each.get_attribute("data-import") for each in visible.all()] == ["1"]


def test_names_of_strangers_stay_text(opened: Any) -> None:
    page = opened(STRANGE)
    page.locator("[data-drive='0']").dispatch_event("click")
    assert page.locator("#panel h2").text_content().endswith(HOSTILE)
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2


def test_a_script_of_a_stranger_would_not_run(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "map.html"
    file.write_text(html.render(SMALL, View(PurePath("/srv/shop"))), encoding="utf-8")
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", heard(refused, "console"))
    page.goto(file.as_uri())
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
    )
    assert page.evaluate("window.ran") is None
    assert "Content Security Policy" in refused[0]
    page.close()
