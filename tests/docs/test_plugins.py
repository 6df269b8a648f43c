"""docs/plugins.md shows the tested example."""

from __future__ import annotations

import re

from docs import generate
from docs.generate import with_example

DOCUMENT = (generate.ROOT / generate.PLUGINS).read_text(encoding="utf-8")


def test_the_document_shows_the_files_of_the_example() -> None:
    assert len(re.findall(r"^<!-- from: ", DOCUMENT, re.MULTILINE)) == 3
    assert with_example(DOCUMENT, generate.ROOT / generate.PLUGIN) == DOCUMENT


def test_exported_names_are_documented() -> None:
    from isolint import api

    for name in ("Import", "Reference", "CallSite", "Module", "VERSION"):
        assert name in api.__all__
        assert name in DOCUMENT
