"""Conventional names of packages and imports for each role. Names suggest, facts decide."""

from __future__ import annotations

import sys
from functools import cache

from isolint import catalogue
from isolint.catalogue import Effect

CERTAIN_CORE = frozenset("domain entities usecase usecases use_case use_cases policies".split())
"""Names that are hardly ever given to anything else."""
LIKELY_CORE = frozenset("application business core logic model models ports rules service services".split())
"""Names that are given to a core, and to settings, tables of a database and much else."""
SHELL = frozenset(
    "adapter adapters api asgi bootstrap cli cmd commands consumers controllers daemon endpoints entry_points "
    "entrypoints gateway gateways handlers infra infrastructure main manage persistence repositories rest routers "
    "routes server shell views web worker workers wsgi".split()
)
ASIDE = frozenset(
    "benchmark benchmarks conf doc docs example examples fixtures noxfile setup test tests".split()
)
"""Packages beside a program, by the first part of their names."""
COMBINATORS = ("async_pure", "async_bind", "async_map", "async_lift", "async_gather")
"""Names that a runtime of plans defines."""

_FRAMEWORKS = frozenset(
    "aiogram alembic arq blacksheep bottle celery channels click cyclopts discord django dramatiq falcon fastapi "
    "flask gradio grpclib gunicorn huey hypercorn ipykernel litestar ninja peewee pyramid quart rich_click rq "
    "sanic starlette streamlit taskiq telegram textual tornado tortoise typer uvicorn".split()
)
NAMESPACES = frozenset(("azure", "google"))
"""Top-level names that frameworks share with much else: `google.protobuf` is no client."""


@cache
def frameworks() -> frozenset[str]:
    """Return the top-level names of libraries that only a shell needs: frameworks, servers, clients."""
    entries = catalogue.load().entries()
    clients = {entry.name.partition(".")[0] for entry in entries if entry.effect is Effect.CLIENT}
    return (_FRAMEWORKS | clients) - sys.stdlib_module_names


@cache
def libraries() -> frozenset[str]:
    """Return the top-level names of known libraries and of the standard library.

    A file of such a name is not the target of an import of it, unless other evidence says so.
    """
    known = {entry.name.partition(".")[0] for entry in catalogue.load().entries()}
    return _FRAMEWORKS | known | sys.stdlib_module_names
