"""Every command in a document, run on the document's files, prints the output shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from docs.examples import DOCUMENTS, ROOT, play, played
from isolint import __version__

if TYPE_CHECKING:
    from pathlib import Path

ALL = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
NAMES = [str(path.relative_to(ROOT)) for path in ALL]
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_commands_print_what_the_document_says(document: Path) -> None:
    assert played(document) == document.read_text(encoding="utf-8"), "run `make docs`"


def test_the_documents_with_examples() -> None:
    names = {path.name for path in DOCUMENTS}
    assert {"README.md", "CONTRIBUTING.md", "adoption.md", "configuration.md", "comparison.md"} <= names


def test_a_wrong_output_is_put_right(tmp_path: Path) -> None:
    text = "<!-- file: a.txt -->\n```text\none\n```\n\n```console\n$ cat a.txt\ntwo\n$ echo 3\n```\n"
    assert play(text, tmp_path) == text.replace("two", "one").replace("$ echo 3\n", "$ echo 3\n3\n")


def test_added_text_comes_last(tmp_path: Path) -> None:
    play("<!-- file: a -->\n```\n1\n```\n<!-- add: a -->\n```\n2\n```\n", tmp_path)
    assert (tmp_path / "a").read_text() == "1\n2\n"


@pytest.mark.parametrize("document", ALL, ids=NAMES)
def test_links_lead_somewhere(document: Path) -> None:
    for target in _LINK.findall(document.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, heading = target.partition("#")
        linked = document.parent / file if file else document
        assert linked.exists(), target
        assert not heading or heading in anchors(linked), target


def anchors(document: Path) -> set[str]:
    """Return the anchors GitHub makes of a document's headings."""
    headings = _HEADING.findall(document.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_changelog_knows_this_version() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
