"""Follow the documents: write the files they show, run the commands they show, compare the output.

``<!-- file: NAME -->`` before a fenced block makes the block a file, ``<!-- add: NAME -->`` appends it to
one. A ``console`` block is run: each ``$ command`` stands before its output. Blocks of other kinds are
only shown. ``make docs`` fills in the output; a test fails where a document differs from it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from isolint.cli.output import write

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    path
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
    if "```console\n" in path.read_text(encoding="utf-8")
]
IN_THE_REPOSITORY = frozenset({"CONTRIBUTING.md"})
"""Documents whose commands need the project itself, and get a copy of it."""

_STEP = re.compile(
    r"^<!-- (?P<action>file|add): (?P<name>\S+) -->\n+```\w*\n(?P<content>.*?)^```$"
    r"|^```console\n(?P<console>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_PROMPT = re.compile(r"^\$ (.+)$", re.MULTILINE)
_LONGEST_RUN = 120


def played(document: Path) -> str:
    """Return the text of the document with the real output of its commands."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if document.name in IN_THE_REPOSITORY:
            copy_repository(folder)
        return play(document.read_text(encoding="utf-8"), folder)


def play(text: str, folder: Path) -> str:
    """Follow a text in ``folder``, and return it with the real output of its commands there."""

    def follow(step: re.Match[str]) -> str:
        if step["console"] is None:
            _write(folder / step["name"], step["content"], append=step["action"] == "add")
            return step[0]
        printed = (f"$ {line}\n{_run(line, folder)}" for line in _PROMPT.findall(step["console"]))
        return f"```console\n{''.join(printed)}```"

    return _STEP.sub(follow, text)


def _run(line: str, folder: Path) -> str:
    done = subprocess.run(  # noqa: S602 - the documents' commands are ours
        line,
        shell=True,
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=_LONGEST_RUN,
        check=False,
    )
    printed = done.stdout.decode("utf-8").strip("\n")
    return f"{printed}\n" if printed else ""


def environment(folder: Path) -> dict[str, str]:
    """Return a person's environment: the scripts of this one, and the sources of ``folder``, if it has any."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PY", "FORCE_"))}
    path = os.pathsep.join((str(Path(sys.executable).parent), plain["PATH"]))
    own = {"NO_COLOR": "1", "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    return plain | own | {"PATH": path}


def _write(path: Path, content: str, *, append: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if append else ""
    path.write_text(before + content, encoding="utf-8")


def copy_repository(folder: Path) -> None:
    """Copy the files that make up rules, and those that check them."""
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("src", "docs", "fixtures", "tests/rules", "tests/docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    for path in (*ROOT.glob("*.md"), ROOT / "pyproject.toml"):
        shutil.copy(path, folder)


def main() -> None:
    """Bring every document up to date."""
    for document in DOCUMENTS:
        text = played(document)
        if text != document.read_text(encoding="utf-8"):
            write(document, text)


if __name__ == "__main__":
    main()
