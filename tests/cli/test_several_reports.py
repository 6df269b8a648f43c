"""Several reports of one run, each to its own output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Answer

    Isolint = Callable[..., Answer]


def test_a_file_goes_with_the_format_before_it(shop: Path, isolint: Isolint) -> None:
    done = isolint("check", "--output-format", "sarif", "-o", "x.sarif", "--output-format", "github")
    assert done.code == 1
    assert done.out.startswith("::error ")
    (result,) = json.loads((shop / "x.sarif").read_text())["runs"][0]["results"]
    assert result["partialFingerprints"]["isolint/v1"]


def test_three_reports_and_the_count_on_the_screen(shop: Path, isolint: Isolint) -> None:
    given = ("--output-format", "json", "-o", "a.json", "--output-format", "junit", "-o", "b/junit.xml")
    done = isolint("check", *given, "--output-format", "concise")
    assert done.out.splitlines()[-1] == "Found 1 finding in 1 file (checked 5 files, 3 of them core)."
    assert json.loads((shop / "a.json").read_text())[0]["fingerprint"]
    assert "<testsuites" in (shop / "b/junit.xml").read_text()


@pytest.mark.parametrize(
    "given", [("-o", "report", "--output-format", "json"), ("--output-format", "json", "-o", "report")]
)
def test_one_report_in_either_order(shop: Path, isolint: Isolint, given: tuple[str, ...]) -> None:
    done = isolint("check", *given)
    assert done.out == "Found 1 finding in 1 file (checked 5 files, 3 of them core).\n"
    assert len(json.loads((shop / "report").read_text())) == 1


def test_a_file_alone_is_the_usual_report(shop: Path, isolint: Isolint) -> None:
    isolint("check", "-o", "report")
    assert "= help:" in (shop / "report").read_text()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("--output-format", "json", "--output-format", "sarif"), "only one report goes to standard output"),
        (("-o", "a", "-o", "b"), "no report goes into b"),
        (("--statistics", "--output-format", "sarif", "-o", "a"), "--statistics has no sarif form"),
        (("--output-format", "json", "-o", "a", "-o", "b"), "no report goes into b"),
        (
            ("--output-format", "json", "-o", "a", "--output-format", "sarif", "-o", "a"),
            "two reports go into a",
        ),
    ],
)
def test_reports_without_a_place(shop: Path, isolint: Isolint, given: tuple[str, ...], message: str) -> None:
    done = isolint("check", *given)
    assert (done.code, done.out) == (2, "")
    assert message in " ".join(done.err.split())
    assert not (shop / "a").exists()


def test_the_address_of_a_rule(shop: Path, isolint: Isolint) -> None:
    with (shop / "pyproject.toml").open("a") as file:
        file.write('rule-url = "https://example.com/{code}.md"\n')
    (record,) = json.loads(isolint("check", "--output-format", "json").out)
    assert record["url"] == "https://example.com/ISO102.md"


@pytest.mark.parametrize(
    ("value", "message"),
    [("example.com/{code}", "is no address"), ("https://example.com", "is the same for all rules")],
)
def test_an_address_that_leads_nowhere(shop: Path, isolint: Isolint, value: str, message: str) -> None:
    with (shop / "pyproject.toml").open("a") as file:
        file.write(f'rule-url = "{value}"\n')
    done = isolint("check")
    assert done.code == 2
    assert message in done.err
