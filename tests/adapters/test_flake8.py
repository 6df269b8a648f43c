from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

BAD = "import asyncio\n\n\ndef load(main):\n    return asyncio.run(main())\n"
FORMAT = "%(path)s:%(row)d:%(col)d: %(code)s"
FOUND = "app/domain/users.py:5:12: ISO102"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project whose core drives once, in ``app/domain/users.py``."""
    domain = tmp_path / "app/domain"
    domain.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.isolint]\ncore = ["app.domain"]\n')
    for name, text in {"__init__.py": "", "users.py": BAD, "orders.py": "x = 1\n"}.items():
        (domain / name).write_text(text)
    return tmp_path


# A pool of processes that is ended while one of them writes a result may wait for ever (multiprocessing's own
# fault): flake8 does that where a plugin fails.
_PATIENCE = (60, 300)


def flake8(folder: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "flake8",
        "--isolated",
        "--select=ISO,E9",
        f"--format={FORMAT}",
        *arguments,
    ]
    for seconds in _PATIENCE:
        with suppress(subprocess.TimeoutExpired):
            return subprocess.run(
                command, cwd=folder, input=stdin, capture_output=True, text=True, check=False, timeout=seconds
            )
    raise AssertionError("flake8 did not come to its end")


def test_flake8_knows_the_plugin(shop: Path) -> None:
    assert "isolint: " in flake8(shop, "--version").stdout


def test_findings(shop: Path) -> None:
    done = flake8(shop, "app")
    assert (done.stdout, done.stderr, done.returncode) == (FOUND + "\n", "", 1)


def test_many_processes_find_the_same(shop: Path) -> None:
    for number in range(20):
        (shop / f"app/domain/more{number:02}.py").write_text(BAD)
    one, two = (flake8(shop, "--jobs", jobs, "app").stdout for jobs in "12")
    assert one == two
    assert len(one.splitlines()) == 21


@pytest.mark.parametrize(
    "comment",
    ["# noqa: ISO102", "# noqa", "# NOQA:ISO102,E501", "# isolint: ignore[ISO102] -- legacy"],
)
def test_suppressions(shop: Path, comment: str) -> None:
    (shop / "app/domain/users.py").write_text(f"{BAD.rstrip()}  {comment}\n")
    assert flake8(shop, "app").stdout == ""


def test_flake8_decides_over_its_own_comments(shop: Path) -> None:
    (shop / "app/domain/users.py").write_text(f"{BAD.rstrip()}  # noqa: ISO102\n")
    assert flake8(shop, "--disable-noqa", "app").stdout == FOUND + "\n"


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [(["--stdin-display-name", "app/domain/users.py", "-"], FOUND + "\n"), (["-"], "")],
)
def test_standard_input_is_what_flake8_calls_it(shop: Path, arguments: list[str], shown: str) -> None:
    done = flake8(shop, *arguments, stdin=BAD)
    assert (done.stdout, done.stderr) == (shown, "")


@pytest.mark.parametrize(
    ("encoding", "declaration"),
    [("latin-1", "# -*- coding: latin-1 -*-\n"), ("utf-8-sig", ""), ("utf-8", "")],
)
def test_columns_count_characters_in_any_encoding(shop: Path, encoding: str, declaration: str) -> None:
    text = f"{declaration}import asyncio\nx = 'é', asyncio.run(1)\n"
    (shop / "app/domain/users.py").write_bytes(text.encode(encoding))
    line = text.count("\n")
    assert flake8(shop, "app").stdout == f"app/domain/users.py:{line}:10: ISO102\n"


def test_unparsable_files_are_left_to_flake8(shop: Path) -> None:
    (shop / "app/domain/users.py").write_text("def f(:\n")
    assert flake8(shop, "app").stdout.split(": ")[1] == "E999\n"


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        ('core = ["app.domain"]\ncor = []\n', "pyproject.toml:3: unknown key `cor`"),
        ('core = ["app.domain"]\nselect = 5\n', "pyproject.toml:3: "),
        ('core = ["app.domian"]\n', "app.domian"),
    ],
)
def test_a_wrong_configuration_fails_loudly(shop: Path, configuration: str, message: str, jobs: str) -> None:
    (shop / "pyproject.toml").write_text(f"[tool.isolint]\n{configuration}")
    done = flake8(shop, "--jobs", jobs, "app")
    assert message in done.stdout + done.stderr
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr


def test_a_baseline_accepts_what_it_lists(shop: Path) -> None:
    entry = '{"module": "app.domain.users", "scope": "load", "code": "ISO102", "subject": "asyncio.run", "count": 1}'
    (shop / "app/__init__.py").write_text("")
    (shop / "accepted.json").write_text(f'{{"version": 1, "findings": [{entry}]}}')
    with (shop / "pyproject.toml").open("a") as file:
        file.write('baseline = "accepted.json"\n')
    assert flake8(shop, "app").stdout == ""
    silenced = BAD.replace(
        "return asyncio.run(main())", "asyncio.run(main())  # noqa: ISO102\n    asyncio.run(main())"
    )
    (shop / "app/domain/users.py").write_text(silenced)
    assert flake8(shop, "app").stdout == ""
    (shop / "app/domain/users.py").write_text(BAD + "    asyncio.run(main())\n")
    assert flake8(shop, "app").stdout == FOUND.replace(":5:12", ":6:5") + "\n"
    (shop / "accepted.json").write_text("{")
    assert "accepted.json:1: not valid JSON" in flake8(shop, "app").stdout
