"""The class of an inherited method: the first in the MRO, and the meaning of ``Self``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.drives.conftest import Drive

CLIENTS = """
import asyncio
from typing import Self, TypeVar

import typing_extensions
from elsewhere import Unknown, build


class Client:
    def dispatch(self, event):
        asyncio.create_task(event)

    def spawn(self, event):
        asyncio.create_task(event)

    @property
    def spawned(self):
        return asyncio.create_task(self.work())


class Quiet:
    spawned = None

    def dispatch(self, event):
        return event


class QuietFirst(Quiet, Client):
    pass


class QuietLast(Client, Quiet):
    pass


class UnknownFirst(Unknown, Client):
    pass


class Plain(Client):
    pass


class Overriding(Client):
    def dispatch(self, event):
        return event


class Diamond(Plain, Overriding):
    pass


class Further(Diamond):
    pass


class Silent(Quiet, Client):
    def again(self, event):
        return super().dispatch(event)


class Loud(Client, Quiet):
    def again(self, event):
        return super().dispatch(event)


class Loop:
    def __init__(self):
        self.loop = asyncio.new_event_loop()


class NoLoop:
    def __init__(self):
        self.loop = None


class Looping(NoLoop, Loop):
    def go(self, work):
        return self.loop.run_until_complete(work)


try:
    from elsewhere import Base
except ImportError:
    class Base:
        def dispatch(self, event):
            return event
else:
    class Base(Client):
        pass


class Either(Base):
    pass


ChainedT = TypeVar("ChainedT", bound="Chained")


class Chained(Client):
    parent: "Self"

    def within(self, context) -> Self:
        return context.replace(self)

    def without(self: ChainedT, context) -> ChainedT:
        return context.replace(self)

    async def opened(self) -> "typing_extensions.Self | None":
        return build(self)

    @classmethod
    def of(cls, context) -> Self:
        return context.make(cls)

    def quiet(self) -> Quiet:
        return build(self)
"""

DRIVES = {
    "first": "def f(c: QuietLast):\n    c.dispatch(1)  # !",
    "only in the last": "def f(c: QuietFirst):\n    c.spawn(1)  # !",
    "property of the first": "def f(c: QuietLast):\n    return c.spawned  # !",
    "behind one of which nothing is known": "def f(c: UnknownFirst):\n    c.dispatch(1)  # !",
    "by two ways": "def f(c: Diamond):\n    c.spawn(1)  # !",
    "of super": "def f(c: Loud):\n    c.again(1)  # !",
    "own attribute of one object": "def f(c: Looping, work):\n    c.go(work)  # !",
    "one of two classes of a name": "def f(c: Either):\n    c.dispatch(1)  # !",
    "in the core": "class C(QuietLast):\n    def f(self):\n        self.dispatch(1)  # !",
    "itself": "def f(c: Chained):\n    inner = c.within(1)\n    inner.dispatch(1)  # !",
    "itself by a type variable": "def f(c: Chained):\n    c.without(1).dispatch(1)  # !",
    "itself by a class method": "def f():\n    Chained.of(1).dispatch(1)  # !",
    "itself or nothing, awaited": "async def f(c: Chained):\n    (await c.opened()).dispatch(1)  # !",
    "itself as an attribute": "def f(c: Chained):\n    c.parent.dispatch(1)  # !",
    "of super in the core": "class C(QuietLast):\n    def f(self):\n        super().dispatch(1)  # !",
}
SILENT = {
    "another than itself": "def f(c: Chained):\n    c.quiet().dispatch(1)",
    "hidden by the first": "def f(c: QuietFirst):\n    c.dispatch(1)",
    "property hidden by the first": "def f(c: QuietFirst):\n    return c.spawned",
    "hidden in a diamond": "def f(c: Diamond):\n    c.dispatch(1)",
    "hidden further down": "def f(c: Further):\n    c.dispatch(1)",
    "hidden from super": "def f(c: Silent):\n    c.again(1)",
    "hidden in the core": "class C(QuietFirst):\n    def f(self):\n        self.dispatch(1)",
    "hidden from super in the core": "class C(QuietFirst):\n    def f(self):\n        super().dispatch(1)",
}


@pytest.mark.parametrize("source", [*DRIVES.values(), *SILENT.values()], ids=[*DRIVES, *SILENT])
def test_the_class_that_defines_the_method_counts(drive: Drive, source: str) -> None:
    expected = [number for number, line in enumerate(source.splitlines(), 2) if "# !" in line]
    found = drive(f"from app.clients import *\n{source}\n", clients=CLIENTS)
    assert [(d.code, d.span.line) for d in found] == [("ISO112", line) for line in expected]


@pytest.mark.parametrize(
    "local",
    [
        "from app.cluster import Cluster\n\nclass Local(Cluster):\n    def __init__(self, work):\n        super().__init__(work)\n",
        "import app.cluster\n\nclass Local(app.cluster.Cluster):\n    def __init__(self, work):\n        super().__init__(work)\n",
        "from app.cluster import Cluster as Base\n\nOther = Base\n\nclass Local(Other):\n    def __init__(self, work):\n        super().__init__(work)\n",
        "from app.cluster import Cluster\n\nclass Middle(Cluster):\n    pass\n\nclass Local(Middle):\n    def __init__(self, work):\n        super().__init__(work)\n",
        "from app.cluster import Cluster\n\ndef made():\n    class Local(Cluster):\n        def __init__(self, work):\n            super().__init__(work)\n    return Local\n\nLocal = made()\n",
    ],
)
def test_a_base_that_drives_where_it_is_made_is_called_by_no_name(drive: Drive, local: str) -> None:
    """The call names ``super`` alone, and the base only in the class statement."""
    cluster = "import asyncio\n\nclass Cluster:\n    def __init__(self, work):\n        asyncio.run(work)\n"
    core = "from app.local import Local\n\ndef f(work):\n    return Local(work)\n"
    found = drive(core, cluster=cluster, local=local)
    assert [(d.code, d.span.line) for d in found] == [("ISO112", 4)]
