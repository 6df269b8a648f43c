"""ISO301: a concrete client made in the core."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from msgspec.structs import replace

from isolint.catalogue import Effect
from isolint.model import Role
from isolint.program.mro import ancestors
from isolint.program.types import Class
from isolint.rule import CORE, Example, FixAvailability, Rule
from isolint.rules.injecting import injected
from isolint.rules.references import Wording, finding, used_entries
from isolint.semantic_index.facts import Reference, Usage
from isolint.usage import makes_instances

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context, Finding

_WORDING = Wording(
    why="is a concrete client: the core then decides how the world is reached",
    way_out="declare what you need as a Protocol in the core and let the shell pass the client in",
)
_BASE = Wording(
    why="is a base class here: objects of the derived class are concrete clients, which belong to the shell",
    way_out="declare what you need as a Protocol in the core, and define the client in the shell",
)
_ONCE = Wording(
    why="reaches the world directly: the core then decides how, and no test can replace it",
    way_out="take a capability for it as a parameter, typed by a Protocol",
)
_SESSIONS = Wording(
    why="makes sessions of a concrete client: the core then decides how the world is reached",
    way_out=_WORDING.way_out,
)
_MAKERS = frozenset(("connect", "create", "open", "build", "make"))
"""Names of class methods that make an instance, besides ``from_...``: ``AsyncConnection.connect``."""


def _check(reference: Reference, context: Context) -> Iterator[Finding]:
    if reference.usage is Usage.ASSIGNED:
        return  # another name for it, whose uses are reported where they stand
    names = [entry.name for entry in used_entries(reference, context, Effect.CLIENT)]
    if reference.usage is Usage.INHERITED:
        names = _clients(reference, context)
    names = names or list(_class_methods(reference, context))
    if _is_of_one_made_here(reference, context):
        return  # `boto3.Session().client("s3")`: one client, and the session is reported
    names = [name for name in names if not context.module.is_own(name)]
    derived = [] if names else list(_derived(reference, context))
    if derived:
        yield finding(reference, context, " or ".join(derived), _WORDING)
    if names:
        found = finding(reference, context, " or ".join(names), _wording(reference, names, context))
        is_client = reference.usage is Usage.CALLED and not any(_is_once(name, context) for name in names)
        yield replace(found, fix=injected(reference, context)) if is_client else found


def _wording(reference: Reference, names: list[str], context: Context) -> Wording:
    if reference.usage is Usage.INHERITED:
        return _BASE
    if names[0].endswith("sessionmaker"):
        return _SESSIONS
    return _ONCE if _is_once(names[0], context) else _WORDING


def _is_once(name: str, context: Context) -> bool:
    """Whether a function reaches the world at once: its result is an answer, and no client."""
    entry = context.module.catalogue.get(name)
    return entry is not None and entry.once


def _is_of_one_made_here(reference: Reference, context: Context) -> bool:
    """Whether a method is asked of a client that the same expression makes."""
    made = reference.node.value if isinstance(reference.node, ast.Attribute) else None
    if not isinstance(made, ast.Call):
        return False
    known = (context.module.catalogue.get(e.name) for e in context.module.externals(made.func))
    return any(entry is not None and entry.effect is Effect.CLIENT for entry in known)


def _clients(reference: Reference, context: Context) -> list[str]:
    return [entry.name for entry in context.module.entries(reference) if entry.effect is Effect.CLIENT]


def _class_methods(reference: Reference, context: Context) -> Iterator[str]:
    """Yield the names of class methods that make an instance."""
    if reference.usage not in (Usage.CALLED, Usage.PASSED) or context.module.is_typing_only(reference):
        return
    for external in context.module.externals(reference.node):
        owner, _, member = external.name.rpartition(".")
        entry = context.module.catalogue.get(owner)
        is_client = entry is not None and entry.is_class and entry.effect is Effect.CLIENT
        if is_client and not external.bound and _makes_an_instance(member):
            yield external.name


def _derived(reference: Reference, context: Context) -> Iterator[str]:
    """Yield the classes outside the core that derive from a client, where an object of them is made."""
    if not makes_instances(reference) or context.module.is_typing_only(reference):
        return
    linker = context.module.linker
    for one in context.module.types(reference.node):
        if isinstance(one, Class) and context.world.role_of(one.place.module) is not Role.CORE:
            bases = (linker.entry(base) for base in ancestors(linker, one))
            if any(base is not None and base.is_class and base.effect is Effect.CLIENT for base in bases):
                yield str(one.place)


def _makes_an_instance(method: str) -> bool:
    """Whether a class method is called like one that makes an instance; ``create_schema`` makes a schema."""
    return method.startswith("from_") or method.removesuffix("_sync").removesuffix("_async") in _MAKERS


RULE = Rule(
    code="ISO301",
    name="concrete-client",
    summary="The core makes a concrete client",
    rationale=(
        "A client made in the core opens sockets where no caller expects it, cannot be replaced in a test "
        "without patching, and ties the domain to one vendor, one version, one configuration. Declared as a "
        "Protocol and passed in, it is a capability: visible in the signature, replaced by a fake in one "
        "line, opened and closed by the shell. Annotations, `isinstance`, exceptions and value objects such "
        "as `httpx.Timeout` are not reported."
    ),
    roles=CORE,
    looks_at=(Reference,),
    check=_check,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "A client that a function assigns to a name, or enters by `with`, becomes the last parameter of the function. One that "
        "`__init__` keeps, as in `self.client = httpx.AsyncClient(timeout=timeout)`, becomes a parameter of `__init__`, and `self.client = client or "
        "httpx.AsyncClient()` requires the client. The "
        "parameter is typed by a Protocol of the members that are used, declared in front of the function or class. The call "
        "that made the client goes, and so do parameters that only this call needed. That is unsafe: callers have to make "
        "the client with the settings that it had here, and pass it; they are listed. Its maker closes it; a class that closes the client "
        "it keeps goes on doing so.\n\n"
        "No fix is offered where the module itself calls the function, makes objects of the class, derives a class from it, or "
        "hands it on; for functions with decorators or `**kwargs`, special methods other than `__init__`, and methods that a base "
        "class declares; where a local client is closed by hand, or is a connection whose `with` may end a transaction "
        "(`sqlite3.connect`); where the client is made on a condition, or by `__init__` inside `try`; where a client "
        "is assigned again, handed on, or used in any way but by its methods and keys; where its settings are worked out in local variables or from arguments that the "
        "function uses itself, or have comments; for a function that asks at once (`requests.get`); nor for a "
        "client of the module, of a class, of a default, or inside any other larger expression. "
        "`isolint lift` makes parameters of the module's clients."
    ),
    bad=(
        Example(
            "a client in the middle of the domain",
            """\
import httpx


async def load(user_id: str) -> dict:
    async with httpx.AsyncClient() as client:
        response = await client.get(f"/users/{user_id}")
        return response.json()
""",
        ),
        Example(
            "a client as a factory",
            """\
from dataclasses import dataclass, field

from redis.asyncio import Redis


@dataclass
class Cache:
    backend: Redis = field(default_factory=Redis)
""",
        ),
    ),
    good=(
        Example(
            "a capability in the signature",
            """\
from typing import Protocol

from asyncplan import AsyncPlan, ErrInfo, Result, async_lift


class Users(Protocol):
    async def get(self, user_id: str) -> Result[dict, ErrInfo]: ...


def load(user_id: str, users: Users) -> AsyncPlan[dict]:
    return async_lift(lambda: users.get(user_id))
""",
        ),
    ),
)
