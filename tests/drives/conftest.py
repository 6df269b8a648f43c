from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Protocol

import pytest

from isolint.config import load
from isolint.model import Checked
from isolint.project import check_paths

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from isolint.model import Diagnostic

ROLES = ("core", "shell", "runtime")


class Drive(Protocol):
    """Check a project, given as modules of a ``package``; the module ``core`` of it is the core."""

    def __call__(
        self, core: str, *, config: str = ..., package: str = ..., **modules: str
    ) -> list[Diagnostic]: ...


def chain(found: Diagnostic) -> str:
    """Return the steps of a finding on one line."""
    return " -> ".join(map(str, found.chain))


def write(root: Path, modules: Mapping[str, str], package: str = "app") -> None:
    """Write the modules of the ``package``; a double underscore in a name opens another in it."""
    for name, source in modules.items():
        path = root / package / f"{name.replace('__', '/') or '__init__'}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source).lstrip("\n"))


@pytest.fixture
def drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drive:
    monkeypatch.chdir(tmp_path)

    def checked(core: str, *, config: str = "", package: str = "app", **modules: str) -> list[Diagnostic]:
        given = {"core": core, **modules}
        roles = "".join(f'{role} = ["{package}.{role}"]\n' for role in ROLES if role in given)
        (tmp_path / "isolint.toml").write_text(roles + config)
        write(tmp_path, given, package)
        run = check_paths([tmp_path], load(tmp_path))
        assert all(isinstance(outcome, Checked) for outcome in run.outcomes), run.outcomes
        return [d for outcome in run.outcomes if isinstance(outcome, Checked) for d in outcome.diagnostics]

    return checked
