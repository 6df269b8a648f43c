"""Lines that changed since a revision branched off, and the findings that have to do with them.

A finding counts where it stands on a changed line, or where a step of its chain does: a change that makes a helper drive reports
the core functions that call it.
"""

from __future__ import annotations

import dataclasses
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.model import Checked
from isolint.project.errors import ProjectError
from isolint.project.git import GitError, ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from isolint.model import Diagnostic, Outcome
    from isolint.project.run import Run

_HUNK = re.compile(rb"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPED = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}
_NOTEBOOK = ".ipynb"
"""Its findings have lines of their cells, not of the file."""
_SHORT = 9
_WHOLE = (range(1, 1 << 31),)


@final
class Changes(Struct, frozen=True):
    """The changed lines of each file, by its real path; ``base`` is the commit that they are compared with."""

    base: str
    lines: Mapping[str, Sequence[range]]

    def touch(self, path: Path, first: int, last: int) -> bool:
        """Whether a line from ``first`` to ``last`` changed."""
        changed = self.lines.get(os.path.realpath(path), ())
        return any(each.start <= last and first < each.stop for each in changed)


def changes_since(revision: str, folder: Path) -> Changes:
    """Ask git for the changes in the repository around ``folder`` since it has no commit in common with ``revision``.

    Changes that are not committed count, and so do files that git does not know yet. Raises ProjectError where git
    cannot tell.
    """
    if revision.startswith("-"):
        raise ProjectError(f"{revision} is no revision")
    try:
        top = os.fsdecode(ask(folder, "rev-parse", "--show-toplevel").rstrip(b"\n"))
        base = _merge_base(revision, folder)
        options = ("-U0", "-M", "--inter-hunk-context=0", "--no-color", "--no-ext-diff", "--no-textconv")
        prefixes = ("--src-prefix=a/", "--dst-prefix=b/")
        patch = ask(Path(top), "diff", *options, *prefixes, base, "--")
        untracked = ask(Path(top), "ls-files", "--others", "--exclude-standard", "-z")
    except GitError as error:
        raise ProjectError(str(error)) from error
    found: dict[str, Sequence[range]] = {**changed_lines(patch)}
    found.update((name, _WHOLE) for name in os.fsdecode(untracked).split("\0") if name)
    found.update((name, _WHOLE) for name in found if name.endswith(_NOTEBOOK))
    return Changes(base, {os.path.realpath(Path(top, name)): lines for name, lines in found.items()})


def _merge_base(revision: str, folder: Path) -> str:
    commit = ask(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", missing=b"").strip()
    if not commit:
        raise ProjectError(f"git knows no commit `{revision}`: fetch it first, or mend the name")
    base = ask(folder, "merge-base", commit.decode(), "HEAD", missing=b"").strip()
    if not base:
        raise ProjectError(
            f"`{revision}` and HEAD have no commit in common as far as this clone goes: fetch more of its history "
            "(in GitHub Actions, `fetch-depth: 0` for actions/checkout)"
        )
    return base.decode()


def changed_lines(patch: bytes) -> dict[str, list[range]]:
    """Return the lines that a patch without context adds, by file as named in it."""
    found: dict[str, list[range]] = {}
    lines: list[range] | None = None
    left = 0  # added and removed lines, which may look like headers
    for row in patch.split(b"\n"):
        if left and row[:1] in (b"+", b"-"):
            left -= 1
        elif row.startswith(b"+++ "):
            name = _file(row[4:])
            lines = found.setdefault(name, []) if name else None
        elif hunk := _HUNK.match(row):
            start, count = int(hunk[1]), int(hunk[2] if hunk[2] is not None else b"1")
            left = count + _removed(row)
            if lines is not None and count:
                lines.append(range(start, start + count))
    return found


def _removed(hunk: bytes) -> int:
    before = hunk.split(b" ", 2)[1]
    return int(before.partition(b",")[2] or b"1")


def _file(name: bytes) -> str:
    """Return the path of a ``+++`` line, ``""`` for none; git quotes names with unusual characters."""
    name = name.rstrip(b"\t")
    if name.startswith(b'"'):
        name = _ESCAPE.sub(_unescaped, name[1:-1])
    return os.fsdecode(name.removeprefix(b"b/")) if name.startswith(b"b/") else ""


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8)]) if code.isdigit() and len(code) == 3 else _ESCAPED.get(code, code)


def only_changed(run: Run, changes: Changes, root: Path) -> Run:
    """Return the run with the findings that have to do with the changes, and a note of how many have not.

    ``root`` is the folder that chains name files from. A file that cannot be parsed is always told: nothing in it
    was checked.
    """
    outcomes = [_kept(outcome, changes, root) for outcome in run.outcomes]
    left_out = sum(
        len(before.diagnostics) - len(after.diagnostics)
        for before, after in zip(run.outcomes, outcomes, strict=True)
        if isinstance(before, Checked) and isinstance(after, Checked)
    )
    since = f"only findings with lines changed since commit {changes.base[:_SHORT]} are reported"
    note = f"{since}: {left_out:,} of the findings {'has' if left_out == 1 else 'have'} none"
    notes = (*run.notes, note) if left_out else run.notes
    return dataclasses.replace(run, outcomes=tuple(outcomes), notes=notes)


def _kept(outcome: Outcome, changes: Changes, root: Path) -> Outcome:
    if not isinstance(outcome, Checked) or not outcome.diagnostics:
        return outcome
    kept = (found for found in outcome.diagnostics if any(_touched(found, changes, root)))
    return dataclasses.replace(outcome, diagnostics=tuple(kept))


def _touched(found: Diagnostic, changes: Changes, root: Path) -> Iterator[bool]:
    yield changes.touch(Path.cwd() / found.path, found.span.line, found.span.end_line)
    for step in found.chain:
        yield changes.touch(root / step.path, step.line, step.line)
