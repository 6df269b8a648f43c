"""Outcomes after edits of the kinds that people make, in programs whose chains lead through several modules.

Stale outcomes are found function by function; a run with the cache must report the same as a run without it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isolint.model import Checked, Diagnostic
from isolint.project import check_paths
from isolint.project.cache.store import FOLDER
from tests.project.test_cache import write
from tests.project.test_run import config

if TYPE_CHECKING:
    from pathlib import Path

    from isolint.project import Run
    from tests.project.conftest import Grow

CORE = "src/app/domain/core.py"
OTHER = "src/app/domain/other.py"
FRONT = "src/app/front.py"
MIDDLE = "src/app/middle.py"
BACK = "src/app/back.py"
TAIL = "src/app/tail.py"
PLAIN = "src/app/plain.py"
LOAD = "src/app/pack/load.py"
PLANS = "src/app/plans.py"
MORE = "src/app/more.py"
OWN = "src/app/domain/more.py"
SHELL = "src/app/main.py"
OTHER_SHELL = "src/app/cli.py"

TEXTS = {
    "src/app/__init__.py": "",
    "src/app/domain/__init__.py": "",
    OTHER_SHELL: "",
    SHELL: "import app.back\n\n\ndef start():\n    return 1\n",
    CORE: """\
from app.domain.names import own
from app.front import CLIENT, Local, farther, front, later, named, shown, spun
from app.names import begin
from app.pack import load
from app.middle import Job


class Mine(Job):
    def work(self):
        return 2


def use(callback):
    front(1)
    later(front)
    Mine().run()
    shown()
    CLIENT.close()
    named(front)
    spun(None)
    farther(1)
    begin(1)
    own(front)
    load(1)


def hand_on():
    return use(front)
""",
    OTHER: """\
from app.front import CLIENT, Local


def use(local: Local):
    local.call()
    return local.name


async def wait(local: Local):
    local.call()
    return await CLIENT.get()
""",
    FRONT: """\
from app.middle import Client, Job, begun, label, middle, store

def ready():
    from app.tail import prepared

    return prepared()


CLIENT = Client()
READY = ready()
begun()


def front(x):
    return middle(x)


def later(callback):
    return store(callback)


def shown():
    from app.tail import quiet

    return quiet()


def named(function):
    return label(function)


def farther(x):
    from app.tail import far

    return far(x)


def spun(loop):
    from app.tail import spin

    return spin(loop)


class Local(Job):
    @property
    def name(self):
        return middle("name")

    def call(self):
        return self.run()
""",
    MIDDLE: """\
import app.back
from app.back import back, keep


def middle(x):
    y = x
    return back(y)


def store(callback):
    return keep(callback)


def begun():
    x = 1
    return 2


def label(function):
    name = function.__name__
    return 5


class Client:
    async def get(self):
        return 2

    def close(self):
        return back(None)


class Job:
    def run(self):
        return self.work()

    def work(self):
        return self.other()

    def other(self):
        return 1
""",
    BACK: """\
LIMIT = 3


def back(x):
    return x


def connected():
    import app.cli

    return 4


def keep(callback):
    held = [callback]
    return None
""",
    TAIL: """\
def quiet():
    return 3


class GameLoop:
    def stop(self):
        return None


def prepared():
    return None


def far(x):
    return x


def spin(loop):
    return loop.run_until_complete(1)
""",
    "src/app/domain/still.py": "import app.plain\n",
    PLAIN: "import app.back\n",
    PLANS: """\
import asyncio

from asyncplan import AsyncPlan, async_pure


def made() -> AsyncPlan[int]:
    return async_pure(1)


def loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()
""",
    "src/app/domain/dropping.py": """\
from app.plans import loop, made


def use():
    plan = made()
    plan
    loop().run_until_complete(plan)
""",
    "src/app/names.py": "from app.more import *\n",
    MORE: "def begin(x):\n    return x\n",
    "src/app/domain/names.py": "from app.domain.more import *\n",
    "src/app/pack/__init__.py": "from app.pack.load import *\n",
    LOAD: "def other(x):\n    return x\n",
    OWN: "def own(x):\n    y = x.__name__\n    return 1\n",
}

EDITS: dict[str, tuple[str, str, str]] = {
    "drives at the back": (BACK, "def back(x):\n    return x\n", "def back(x):\n    import asyncio\n\n    return asyncio.run(x)\n"),
    "drives after a line": (BACK, "def back(x):\n", "def back(x):\n    import asyncio\n    asyncio.run(x)\n"),
    "drives in another function": (TAIL, "return 3\n", "import asyncio\n    return asyncio.run(main())\n"),
    "calls what is passed": (BACK, "held = [callback]", "held = callback()"),
    "imports the shell": (BACK, "def back(x):\n", "import app.main\n\n\ndef back(x):\n"),
    "imports the shell when called": (TAIL, "def far(x):\n", "def far(x):\n    import app.cli\n\n"),
    "touches the world": (TAIL, "return 3\n", "return open('x').read()\n"),
    "a comment at the top of the tail": (TAIL, "def quiet", "# why\ndef quiet"),
    "a comment at the top of the back": (BACK, "LIMIT = 3\n", "# why\nLIMIT = 3\n"),
    "a comment at the top of the plans": (PLANS, "def made", "# why\ndef made"),
    "calls what imports another shell": (MIDDLE, "    x = 1\n", "    x = app.back.connected()\n"),
    "imports another shell at the end": (BACK, "    return None\n", "    return None\n\n\nimport app.cli\n"),
    "imports another shell when it is imported": (TAIL, "def prepared():\n", "def prepared():\n    import app.cli\n\n"),
    "a comment at the end of the back": (BACK, "    return None\n", "    return None\n# why\n"),
    "a comment at the top of the middle": (MIDDLE, "import app.back\n", "# why\nimport app.back\n"),
    "a comment at the end of the middle": (MIDDLE, "return 1\n", "return 1\n# why\n"),
    "a line in the middle": (MIDDLE, "    y = x\n", "    y = x\n\n"),
    "a new function in the middle": (MIDDLE, "def store(", "def another(one):\n    return one\n\n\ndef store("),
    "a new function first in the middle": (MIDDLE, "def middle(", "def another(one):\n    return [one]\n\n\ndef middle("),
    "a driving function in the middle": (MIDDLE, "def store(", "def another(one):\n    import asyncio\n    return asyncio.run(one)\n\n\ndef store("),
    "a call in the middle": (MIDDLE, "    y = x\n", "    y = x\n    print(y)\n"),
    "another argument in the middle": (MIDDLE, "return back(y)", "return back([y])"),
    "nothing called in the middle": (MIDDLE, "return back(y)", "return y"),
    "an own method that drives": (MIDDLE, "return self.other()", "import asyncio\n        return asyncio.run(1)"),
    "an inner method that drives": (MIDDLE, "return 1\n", "import asyncio\n        return asyncio.run(1)\n"),
    "calls an overridden method": (MIDDLE, "return self.work()", "return 4"),
    "a method less": (MIDDLE, "        return self.work()\n\n    def work(self):\n", "        return 7\n\n    def job(self):\n"),
    "a new import in the middle": (MIDDLE, "import app.back\n", "import app.back\nimport os\n"),
    "an import of the shell in the middle": (MIDDLE, "import app.back\n", "import app.back\nimport app.main\n"),
    "a function in place of another": (MIDDLE, "from app.back import back, keep\n", "from app.back import keep as back, keep\n"),
    "a signature in the middle": (MIDDLE, "def middle(x):", "def middle(x, *, y=None):"),
    "a comment at the top of the front": (FRONT, "from app.middle", "# why\nfrom app.middle"),
    "another object": (FRONT, "CLIENT = Client()", "CLIENT = None"),
    "an object in two lines": (FRONT, "CLIENT = Client()", "CLIENT = (\n    Client()\n)"),
    "a wrapped driver": (FRONT, "def front(x):\n    return middle(x)\n", "import asyncio\nfrom functools import partial\nfront = partial(asyncio.run, debug=True)\n"),
    "overrides inside": (FRONT, "    def call(self):\n", "    def work(self):\n        import asyncio\n        return asyncio.run(1)\n\n    def call(self):\n"),
    "overrides an inner method": (FRONT, "    def call(self):\n", "    def other(self):\n        import asyncio\n        return asyncio.run(1)\n\n    def call(self):\n"),
    "the front moves": (FRONT, "def front(x):\n    return middle(x)\n\n\ndef later(callback):\n    return store(callback)\n", "def later(callback):\n    return store(callback)\n\n\ndef front(x):\n    return middle(x)\n"),
    "allowed to drive": (MIDDLE, "def middle(x):", "def middle(x):  # isolint: allow[ISO112]"),
    "a decorator": (MIDDLE, "def middle(x):", "def wrapped(f):\n    def inner(x):\n        return app.back.back(x)\n    return inner\n\n\n@wrapped\ndef middle(x):"),
    "an import of the shell beside nothing else": (PLAIN, "import app.back\n", "import app.main\n"),
    "calls what was looked at": (MIDDLE, "name = function.__name__", "name = function()"),
    "calls in the core what was looked at": (OWN, "y = x.__name__", "y = x()"),
    "a name by a star that is that of its module": (LOAD, "def other(x):\n    return x\n", "from asyncio import run as load\n"),
    "a class that a name tells": (TAIL, "    def stop(self):\n", "    def run_until_complete(self, x):\n"),
    "another name by a star": (MORE, "def begin(x):\n    return x\n", "from asyncio import run as begin\n"),
    "no name by a star": (MORE, "def begin(x):\n", '__all__ = ("other",)\n\n\ndef begin(x):\n'),
    "another name by a star in the core": (OWN, "def own(x):\n    y = x.__name__\n    return 1\n", "from asyncio import run as own\n"),
    "the core uses less": (CORE, "    later(front)\n", "    print(later)\n"),
    "the core moves": (CORE, "def use(", "# why\ndef use("),
}  # fmt: skip
"""A file, a text in it, and the one in its place: done where that is missing, else undone."""
DRIVING = [
    "drives after a line",
    "imports the shell",
    "imports the shell when called",
    "drives in another function",
    "touches the world",
    "calls what is passed",
    "an inner method that drives",
]
"""Edits after which there are chains through all of the modules."""


def edited(texts: dict[str, str], edit: str) -> None:
    """Do an edit to the texts, or undo it where it is done."""
    name, old, new = EDITS[edit]
    text = texts[name]
    texts[name] = text.replace(new, old, 1) if new in text else text.replace(old, new, 1)


def warm_and_cold(root: Path) -> tuple[Run, Run]:
    roles = {
        "core": ("app.domain",),
        "shell": ("app.main", "app.cli"),
        "select": ("ALL",),
        "src": (str(root / "src"),),
    }
    warm = check_paths([root], config(root, **roles), cache=root / FOLDER)
    return warm, check_paths([root], config(root, **roles))


def assert_right_after(root: Path, edits: list[list[str]]) -> None:
    """Assert that each run after some edits is right."""
    texts = dict(TEXTS)
    warm_and_cold(root)
    for some in edits:
        for edit in some:
            edited(texts, edit)
        for name, text in texts.items():
            if (root / name).read_text() != text:
                write(root, name, text)
        warm, cold = warm_and_cold(root)
        assert warm == cold


def found(run: Run, but: str) -> set[Diagnostic]:
    """Return the findings of a run in other files than ``but``."""
    done = (one for one in run.outcomes if isinstance(one, Checked) and one.path.as_posix() != but)
    return {each for one in done for each in one.diagnostics}


def test_edits_are_of_texts_that_are_there() -> None:
    for name, old, new in EDITS.values():
        assert TEXTS[name].count(old) == 1
        assert new not in TEXTS[name]
        ast.parse(TEXTS[name].replace(old, new))


def test_many_edits_change_a_finding_elsewhere(grow: Grow) -> None:
    root = grow(texts=TEXTS)
    start = dict(TEXTS)
    for edit in DRIVING:
        edited(start, edit)
    for name, text in start.items():
        write(root, name, text)
    before = found(warm_and_cold(root)[1], "")
    telling = set[str]()
    for edit, (name, _, _) in EDITS.items():
        texts = dict(start)
        edited(texts, edit)
        write(root, name, texts[name])
        if found(warm_and_cold(root)[1], name) != {one for one in before if one.path.as_posix() != name}:
            telling.add(edit)
        write(root, name, start[name])
    assert len(telling) > 25


@given(st.lists(st.lists(st.sampled_from(sorted(EDITS)), min_size=1, max_size=2), min_size=1, max_size=5))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_edits_of_all_kinds(tmp_path_factory: pytest.TempPathFactory, edits: list[list[str]]) -> None:
    root = tmp_path_factory.mktemp("project")
    for name, text in TEXTS.items():
        write(root, name, text)
    assert_right_after(root, edits)


@pytest.mark.parametrize(
    "edit",
    [
        edit
        for edit in EDITS
        if edit.startswith(
            ("a comment", "a line", "a new", "imports another", "calls what imports", "an object")
        )
    ],
)
def test_an_edit_that_makes_nothing_stale_hides_no_later_one(grow: Grow, edit: str) -> None:
    assert_right_after(grow(texts=TEXTS), [[edit], ["drives after a line"], [edit]])


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_where_chains_lead_through_all_modules(grow: Grow, edit: str) -> None:
    assert_right_after(grow(texts=TEXTS), [DRIVING, [edit], [edit]])


def test_lines_move_below_a_function_that_imports_the_shell(grow: Grow) -> None:
    lines = ["a comment at the top of the back", "a comment at the top of the middle"]
    assert_right_after(grow(texts=TEXTS), [["calls what imports another shell"], *([line] for line in lines)])
