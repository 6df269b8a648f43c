"""The command line and the flake8 plugin report the same findings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TypeAlias

import pytest

FIXTURES = Path(__file__).parents[2] / "fixtures"
PROJECTS = sorted(
    {path.parent for name in ("pyproject.toml", "isolint.toml") for path in FIXTURES.rglob(name)}
)
SEPARATOR = "\x1f"

Found: TypeAlias = "tuple[str, int, int, str, str]"


def by_command_line(folder: Path) -> list[Found]:
    command = [sys.executable, "-m", "isolint", "check", "--output-format=json", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return sorted(
        (
            Path(record["filename"]).relative_to(folder).as_posix(),
            record["location"]["row"],
            record["location"]["column"],
            record["code"],
            record["message"],
        )
        for record in json.loads(done.stdout)
    )


def by_flake8(folder: Path) -> list[Found]:
    shape = SEPARATOR.join(("%(path)s", "%(row)d", "%(col)d", "%(code)s", "%(text)s"))
    command = [sys.executable, "-m", "flake8", "--isolated", "--select=ISO,E9", f"--format={shape}", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    rows = (line.split(SEPARATOR) for line in done.stdout.splitlines())
    return sorted(
        (Path(path).as_posix(), int(row), int(column), code, text) for path, row, column, code, text in rows
    )


def told_apart(found: list[Found]) -> tuple[list[Found], set[str]]:
    """Return the findings of rules, and the files that are not Python: flake8 calls those E999 itself.

    ISO901 is left out: flake8 reads `noqa` itself and tells no plugin which of them it used.
    """
    unparsable = {"ISO900", "E902", "E999"}
    rules = [each for each in found if each[3] not in {*unparsable, "ISO901"}]
    return rules, {path for path, _, _, code, _ in found if code in unparsable}


def test_there_are_fixtures() -> None:
    assert {"rules", "before", "rag", "user_service"} <= {project.name for project in PROJECTS}


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.name)
def test_every_fixture(project: Path) -> None:
    (ours, we_cannot), (theirs, they_cannot) = (
        told_apart(by_command_line(project)),
        told_apart(by_flake8(project)),
    )
    # Code for a newer Python than the one that runs is beyond flake8.
    assert we_cannot <= they_cannot
    assert [found for found in ours if found[0] not in they_cannot] == theirs


def test_the_wrong_fixture_has_findings() -> None:
    assert by_command_line(FIXTURES / "apps/before")


CALL = "asyncio.run(main())"
COMMENTED = [
    CALL,
    *(
        f"{CALL}  {comment}"
        for comment in (
            "# noqa",
            "#noqa",
            "# NOQA",
            "# noqa: ISO102",
            "# noqa:ISO102",
            "# noqa : ISO102",
            "# noqa: iso102",
            "# noqa: ISO1",
            "# noqa: ISO2",
            "# noqa: E501",
            "# noqa: E501,ISO102",
            "# noqa: E501 ISO102",
            "# noqa: E501, ISO102 because",
            "# noqa ISO102",
            "# noqa:",
            "# noqa: because it must",
            "# type: ignore # noqa: ISO102",
            "# see # noqa",
            "# noqa-free",
            "# nonoqa",
            "# isolint: ignore[ISO102] -- legacy",
            "# isolint: ignore[ISO103] -- another rule",
        )
    ),
    f"x = '# noqa', {CALL}",
    f"x = (\n    {CALL},  # noqa: ISO102\n    {CALL},\n)",
    f"x = (\n    {CALL},\n    2,  # noqa: ISO102\n)",
    f'x = """\n# noqa\n""", {CALL}',
    f'x = {CALL}, """\ntext\n"""  # noqa: ISO102',
    f"x = {CALL}, \\\n    2  # noqa: ISO102",
    f"# noqa\n{CALL}",
    f"{CALL}; y = 1  # noqa",
    f"# flake8: noqa\n{CALL}",
    f"{CALL}\n# flake8: noqa: ISO102",
    f"# flake8: noqa: E501\n{CALL}",
    f"# flake8:noqa\n{CALL}",
    f"# isolint: skip-file\n{CALL}",
]


def test_every_way_to_silence(tmp_path: Path) -> None:
    (tmp_path / "isolint.toml").write_text('core = ["case*"]\n')
    for number, text in enumerate(COMMENTED):
        (tmp_path / f"case{number:02}.py").write_text(f"import asyncio\n\n{text}\n")
    ours, theirs = told_apart(by_command_line(tmp_path))[0], told_apart(by_flake8(tmp_path))[0]
    assert ours == theirs
    assert 5 < len(ours) < len(COMMENTED)
