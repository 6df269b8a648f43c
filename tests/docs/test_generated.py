"""Generated parts of the documentation equal their source in the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs import generate
from isolint.config.schema import KEYS

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURATION = (generate.ROOT / generate.CONFIGURATION).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", generate.generated(), ids=str)
def test_generated_files_are_up_to_date(path: Path) -> None:
    file = generate.ROOT / path
    assert file.exists(), "run `make docs`"
    assert file.read_text(encoding="utf-8") == generate.generated()[path], "run `make docs`"


def test_no_page_outlives_its_rule() -> None:
    assert generate.obsolete() == []


def test_a_stale_region_is_noticed() -> None:
    text = "a\n<!-- rules -->\n\nold\n\n<!-- /rules -->\nb\n"
    assert generate.with_region(text, "rules", "new\n") == text.replace("old", "new")


def test_a_missing_region_is_an_error() -> None:
    with pytest.raises(ValueError, match="are missing"):
        generate.with_region("a\n", "rules", "new\n")


def test_every_key_has_a_section_in_order_and_no_section_is_about_another() -> None:
    sections = [line.strip("# `") for line in CONFIGURATION.splitlines() if line.startswith("### `")]
    assert sections == list(KEYS)


def test_a_key_without_a_section_is_an_error() -> None:
    with pytest.raises(ValueError, match="no section for the key `core`"):
        generate.meaning("core", "### `shell`\n\nDrives.\n")


@pytest.mark.parametrize("key", [key for key in KEYS if generate.default(key) == "see there"])
def test_a_default_too_long_for_the_table_stands_in_the_section(key: str) -> None:
    section = CONFIGURATION.partition(f"### `{key}`")[2].partition("\n### ")[0]
    for value in generate.default_values()[key]:
        assert f"`{value}`" in section
