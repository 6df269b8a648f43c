"""Reads the documents: the files they show, the commands they run, and what those print.

``<!-- file: NAME -->`` before a fenced block makes the block a file, ``<!-- add: NAME -->`` appends it to
one, and ``<!-- gone: NAME -->`` deletes one. A ``console`` block is run: ``$ command``, then what it prints.
Blocks of any other kind are only shown.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
_STEP = re.compile(
    r"^<!-- (?P<action>file|add): (?P<name>\S+) -->\n+```\w*\n(?P<content>.*?)^```$"
    r"|^<!-- gone: (?P<gone>\S+) -->$"
    r"|^```console\n(?P<console>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Command:
    """A command line of a document, and what the document says it prints."""

    line: str
    printed: str


def play(document: str, folder: Path) -> list[tuple[Command, str]]:
    """Follow the document in ``folder``; return each command with what it really printed."""
    done: list[tuple[Command, str]] = []
    for step in _STEP.finditer(document):
        if step["console"] is not None:
            done += [(command, run(command.line, folder)) for command in commands(step["console"])]
        elif step["gone"] is not None:
            (folder / step["gone"]).unlink()
        else:
            write(folder / step["name"], step["content"], append=step["action"] == "add")
    return done


def commands(console: str) -> list[Command]:
    """Split a console block at its prompts."""
    parts = console.removeprefix("$ ").split("\n$ ")
    split = (part.partition("\n") for part in parts)
    return [Command(line, printed.strip("\n")) for line, _, printed in split]


def run(line: str, folder: Path) -> str:
    """Run a command line as a person would, with this interpreter's scripts and the sources first."""
    scripts = str(Path(sys.executable).parent)
    plain = {name: value for name, value in os.environ.items() if name not in {"FORCE_COLOR", "COLUMNS"}}
    environment = {**plain, "PATH": os.pathsep.join((scripts, plain.get("PATH", ""))), "NO_COLOR": "1"}
    command = ["sh", "-c", line]
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=120,
    )
    return done.stdout.decode("utf-8").strip("\n")


def write(path: Path, content: str, *, append: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if append else ""
    path.write_text(before + content, encoding="utf-8")
