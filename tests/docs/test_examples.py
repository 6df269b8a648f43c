"""Every command a document shows is run, on the files it shows, and prints what it shows."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from isolint import __version__
from tests.docs.documents import DOCUMENTS, ROOT, commands, play

WITH_COMMANDS = [path for path in DOCUMENTS if "```console\n" in path.read_text(encoding="utf-8")]
IN_THE_REPOSITORY = {"CONTRIBUTING.md"}
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@pytest.mark.parametrize("document", WITH_COMMANDS, ids=lambda path: path.name)
def test_the_commands_print_what_the_document_says(document: Path, tmp_path: Path) -> None:
    if document.name in IN_THE_REPOSITORY:
        copy_of_the_repository(tmp_path)
    played = play(document.read_text(encoding="utf-8"), tmp_path)
    assert played
    for command, printed in played:
        assert printed == command.printed, command.line


def copy_of_the_repository(folder: Path) -> None:
    """Copy what rules are made of, and what checks them."""
    for name in ("src", "docs", "fixtures", "tests/rules", "tests/docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)


def test_readme_shows_findings() -> None:
    assert (ROOT / "README.md") in WITH_COMMANDS


def test_a_wrong_output_is_noticed(tmp_path: Path) -> None:
    document = "<!-- file: a.txt -->\n```text\none\n```\n\n```console\n$ cat a.txt\ntwo\n```\n"
    ((command, printed),) = play(document, tmp_path)
    assert (command.printed, printed) == ("two", "one")


def test_a_console_block_may_hold_several_commands() -> None:
    assert [command.line for command in commands("$ a\n1\n\n$ b\n")] == ["a", "b"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
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
