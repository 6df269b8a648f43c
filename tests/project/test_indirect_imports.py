"""ISO111 over a whole tree: beside ISO110, in other processes, and with ``ignore-imports``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from isolint.config import Config, ConfigProblems, load
from isolint.model import Checked, Outcome, Step, Suppress
from isolint.project import Workspace, check_paths
from isolint.project.checking import Checker, Job, Setup
from isolint.project.pool import Pool
from isolint.rule import Options

if TYPE_CHECKING:
    from pathlib import Path

    from tests.project.conftest import Grow

TEXTS = {
    "app/domain/a.py": "from app.helpers import far\n",
    "app/domain/b.py": "from app import infra\nimport app.helpers.near\n",
    "app/domain/c.py": "import app.domain.a\nfrom ..helpers import quiet\n",
    "app/helpers/far.py": "from . import near\n",
    "app/helpers/near.py": "import app.infra.db\nimport app.infra\n",
    "app/helpers/quiet.py": "import app.domain.c\n",
    "app/infra/__init__.py": "",
    "app/infra/db.py": "import app.domain.a\n",
    "src/lib/x.py": "",
}


def config(root: Path, *ignored: str) -> Config:
    options = Options(ignore_imports=ignored)
    return Config(root, core=("app.domain",), shell=("app.infra",), select=("ISO11",), options=options)


def found(outcomes: tuple[Outcome, ...] | list[Outcome]) -> list[tuple[str, int, str]]:
    assert all(isinstance(outcome, Checked) for outcome in outcomes)
    return [
        (outcome.path.stem, diagnostic.span.line, diagnostic.code)
        for outcome in outcomes
        if isinstance(outcome, Checked)
        for diagnostic in outcome.diagnostics
    ]


EXPECTED = [("a", 1, "ISO111"), ("b", 1, "ISO110"), ("b", 2, "ISO111")]


def test_a_shell_module_is_reported_once_for_each_core_module(grow: Grow) -> None:
    root = grow(texts=TEXTS)
    run = check_paths([root], config(root))
    assert found(run.outcomes) == EXPECTED
    (last,) = (d for o in run.outcomes if isinstance(o, Checked) for d in o.diagnostics[1:])
    assert last.message == "reaches `app.infra.db`, which is in the shell"
    assert last.chain == (
        Step("app.helpers.near", "app.helpers.near", "app/helpers/near.py", 1),
        Step("app.infra.db", "app.helpers.near", "app/helpers/near.py", 1),
    )


def test_a_chain_of_calls_begins_where_its_function_is_defined(grow: Grow) -> None:
    texts = {
        "app/domain/a.py": "from app.helpers import load\n\n\ndef read():\n    return load()\n",
        "app/helpers/__init__.py": "from app.helpers.loading import load as load\n",
        "app/helpers/loading.py": "import os\n\n\ndef load():\n    import app.infra.db\n",
        "app/infra/db.py": "",
    }
    root = grow(texts=texts)
    (checked,) = check_paths([root / "app/domain"], config(root)).outcomes
    assert isinstance(checked, Checked)
    (found,) = checked.diagnostics
    assert found.chain == (
        Step("app.helpers.loading.load", "app.helpers.loading", "app/helpers/loading.py", 4),
        Step("app.infra.db", "app.helpers.loading", "app/helpers/loading.py", 5),
    )


@pytest.mark.usefixtures("at_once")
def test_worker_processes_find_the_same(grow: Grow) -> None:
    root = grow(texts=TEXTS)
    given = config(root)
    workspace = Workspace(given, sorted(root.glob("app/domain/*.py")))
    jobs = [Job(file, workspace.decisions[file].role) for file in workspace.checked]
    setup = Setup(given, workspace.modules, Suppress.ALL)
    with Pool(Checker(setup), 2) as workers:
        examined = workers.map(Checker.check, jobs)
    assert found([each.outcome for each in examined]) == EXPECTED


@pytest.mark.parametrize("ignored", ["app.helpers.* -> app.infra.**", "app.helpers.near -> app.infra.db"])
def test_ignored_imports(grow: Grow, ignored: str) -> None:
    root = grow(texts=TEXTS)
    others = ("app.helpers.near -> app.infra", "app.domain.b -> app.infra")
    assert found(check_paths([root], config(root, ignored, *others)).outcomes) == []


def test_an_ignore_that_matches_nothing_is_a_problem(grow: Grow) -> None:
    root = grow(texts=TEXTS)
    (root / "isolint.toml").write_text(
        'core = ["app.domain"]\nshell = ["app.infra"]\nignore-imports = [\n'
        '  "app.helpers.near -> app.infra",\n  "app.helpers.near -> app.infra.*",\n'
        '  "app.helpers.far -> app.infra.*",\n  "app.helper.* -> **",\n]\n'
    )
    with pytest.raises(ConfigProblems) as caught:
        check_paths([root], load(root))
    assert list(map(str, caught.value.problems)) == [
        'isolint.toml:6: `ignore-imports`: "app.helpers.far -> app.infra.*" matches no import',
        'isolint.toml:7: `ignore-imports`: "app.helper.* -> **" matches no import',
    ]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("app/helpers/near.py", "\n\nimport app.infra.db\n", "app.infra.db (app/helpers/near.py:3)"),
        ("app/helpers/near.py", "import app.infra\n", "app.infra (app/helpers/near.py:1)"),
        ("app/helpers/near.py", "", ""),
        ("app/helpers/near.py", "# isolint: role=core\nimport app.infra.db\n", ""),
        ("app/infra/db.py", "# isolint: role=unassigned\n", "app.infra (app/helpers/near.py:2)"),
    ],
)
def test_a_run_that_remembers_follows_a_change_on_the_way(
    grow: Grow, name: str, text: str, expected: str
) -> None:
    root = grow(texts=TEXTS)
    cache = root / ".cache"
    target = [root / "app/domain/a.py"]
    check_paths(target, config(root), cache=cache)
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text(text)
    warm = check_paths(target, config(root), cache=cache)
    assert warm == check_paths(target, config(root))
    messages = [
        " -> ".join(map(str, found.chain))
        for each in warm.outcomes
        if isinstance(each, Checked)
        for found in each.diagnostics
    ]
    assert [expected in message for message in messages] == [True] * bool(expected)


BY_TABLE = (
    "from importlib import import_module\n\nTABLE = {{'start': 'app.helpers.{}'}}\n\n\n"
    "def __getattr__(name):\n    return getattr(import_module(TABLE[name]), name)\n"
)
LAZY = {
    "app/domain/a.py": "from app.helpers.far import load\n\n\ndef f():\n    return load()\n",
    "app/domain/b.py": "from app.helpers.given import start\n\n\ndef f():\n    return start()\n",
    "app/helpers/far.py": "from app.helpers import near\n\n\ndef load():\n    return near.go()\n",
    "app/helpers/near.py": "def go():\n    return 1\n",
    "app/helpers/given.py": BY_TABLE.format("near"),
    "app/infra/__init__.py": "",
    "app/infra/db.py": "",
}
CLOCK = "import time\n\n\ndef go():\n    return time.time()\n\n\nstart = go\n"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("app/helpers/near.py", "def go():\n    import app.infra.db\n", ["ISO111"]),
        ("app/helpers/near.py", "def go():\n    return 2\n\n\ndef other():\n    import app.infra.db\n", []),
        ("app/helpers/far.py", "def load():\n    from app import infra\n", ["ISO111"]),
        ("app/helpers/given.py", "def __getattr__(name):\n    import app.infra.db\n", ["ISO111"]),
        ("app/helpers/near.py", CLOCK, ["ISO308", "ISO308"]),
        ("app/helpers/given.py", BY_TABLE.format("clock"), ["ISO308"]),
    ],
)
def test_a_run_that_remembers_follows_a_change_in_a_function(
    grow: Grow, name: str, text: str, expected: list[str]
) -> None:
    root = grow(texts=LAZY | {"app/helpers/clock.py": CLOCK})
    given = Config(root, core=("app.domain",), shell=("app.infra",), select=("ISO111", "ISO308"))
    cache = root / ".cache"
    target = [root / "app/domain"]
    assert found(check_paths(target, given, cache=cache).outcomes) == []
    (root / name).write_text(text)
    warm = check_paths(target, given, cache=cache)
    assert warm == check_paths(target, given)
    assert [code for *_, code in found(warm.outcomes)] == expected
