"""ISO304: a signature of the core that names a concrete client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.catalogue import Effect
from isolint.rule import CORE, Example, Finding, Rule
from isolint.semantic_index.facts import AnnotationOf, Reference, Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context

_NAMES = {
    AnnotationOf.PARAMETER: "a parameter",
    AnnotationOf.ATTRIBUTE: "an attribute",
    AnnotationOf.RETURN: "a result",
}


def _check(reference: Reference, context: Context) -> Iterator[Finding]:
    if reference.usage is not Usage.ANNOTATES or reference.annotates is AnnotationOf.VARIABLE:
        return
    for entry in context.module.annotation_entries(reference):
        is_client = entry.effect is Effect.CLIENT and entry.is_class and not context.module.is_own(entry.name)
        if is_client and reference.annotates is not None:
            yield Finding(
                reference.anchor,
                f"{_NAMES[reference.annotates]} of the core is typed as `{entry.name}`, a concrete client",
                "declare the methods you use as a Protocol in the core: any client that has them fits",
                entry.name,
            )
            return


RULE = Rule(
    code="ISO304",
    name="concrete-client-annotation",
    summary="A parameter, field or return type of the core is a concrete client",
    rationale=(
        "A function that takes an `httpx.AsyncClient` asks for all of it: tests have to build one or fake its "
        "hundred methods, and changing the library changes the core. A Protocol with the two methods that are "
        "used states the need, fits the client as it is, and is implemented by a test in five lines."
    ),
    roles=CORE,
    looks_at=(Reference,),
    check=_check,
    strict=True,
    bad=(
        Example(
            "a client as the type of a parameter",
            """\
import httpx


async def load(user_id: str, client: httpx.AsyncClient) -> str:
    response = await client.get(f"/users/{user_id}")
    return response.text
""",
        ),
    ),
    good=(
        Example(
            "a Protocol of the methods that are used",
            """\
from typing import Protocol


class TextSource(Protocol):
    async def get_text(self, path: str) -> str: ...


async def load(user_id: str, source: TextSource) -> str:
    return await source.get_text(f"/users/{user_id}")
""",
        ),
    ),
)
