# ruff: noqa: B018, PLW0108
"""Wrong programs: a checker must object to each line marked `# wrong`, and to no other. Never run."""

# pyright: strict

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncplan import (
    AsyncPlan,
    Err,
    ErrInfo,
    Ok,
    Plan,
    Result,
    Steps,
    as_plan,
    async_attempt,
    async_bind,
    async_bracket,
    async_call,
    async_do,
    async_fail,
    async_gather,
    async_lift,
    async_map,
    async_or_else,
    async_pure,
    async_race,
    async_retry,
    async_traverse,
    async_zip,
    stream,
)
from asyncplan.shell import run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


async def fetch(url: str) -> Result[str, ErrInfo]:
    return Ok(url)


async def plain() -> str:
    return ""


def half(n: int) -> float:
    return n / 2


def half_plan(n: int) -> Plan[float]:
    return async_pure(n / 2)


text = async_pure("text")

async_bind(text, half_plan)  # wrong
async_bind(async_pure(1), half)  # wrong
async_bind(text, lambda value: Ok(value))  # wrong
async_bind(text, lambda value: fetch(value))  # wrong
async_bind(text, lambda value: value)  # wrong
async_bind(fetch("/"), async_pure)  # wrong
async_map(text, half)  # wrong
async_lift(fetch("/"))  # wrong
async_lift(plain)  # wrong
async_lift(lambda: Ok(1))  # wrong
async_or_else(text, lambda error: Err(error))  # wrong
async_fail("text")  # wrong
async_gather([fetch("/")])  # wrong
async_gather([text], 3)  # wrong
async_traverse([1], fetch)  # wrong
async_attempt(text, catch=KeyboardInterrupt)  # wrong
async_retry(text, 3)  # wrong
run(fetch("/"))  # wrong
run(plain)  # wrong

narrowed: AsyncPlan[int] = text  # wrong
inferred: Plan[int] = async_bind(async_pure(1), half_plan)  # wrong
Ok(1).value = 2  # wrong
Err("e").error = "f"  # wrong
ErrInfo("E", "m").code = "F"  # wrong
ErrInfo("E")  # wrong
run(text).value  # wrong


class User:
    name: str = ""


def load() -> AsyncPlan[User]:
    return async_pure(User())


def mapped() -> AsyncPlan[int]:
    return async_map(load(), lambda user: user.name)  # wrong


def bound() -> AsyncPlan[int]:
    return async_bind(load(), lambda user: async_pure(user.name))  # wrong


def traversed() -> AsyncPlan[list[int]]:
    return async_traverse(["a"], lambda text: async_pure(text.upper()))  # wrong


def gathered() -> AsyncPlan[int]:
    return async_map(async_gather([load()]), lambda users: users[0])  # wrong


def nested() -> AsyncPlan[int]:
    return async_bind(load(), lambda user: async_map(async_pure(1), lambda _: user.name))  # wrong


@async_do
def steps() -> Steps[int]:
    user = yield from as_plan(load())
    yield Ok(1)  # wrong
    return user.name  # wrong


@async_do  # wrong
async def no_generator() -> int:
    return 1


def zipped() -> AsyncPlan[tuple[int, str]]:
    return async_zip(load(), text)  # wrong


def raced() -> AsyncPlan[int]:
    return async_race([load()])  # wrong


def bracketed() -> AsyncPlan[int]:
    return async_bracket(load(), lambda user: async_pure(user.name), async_pure)  # wrong


steps(1)  # wrong
async_zip(text)  # wrong
async_bracket(load(), lambda user: user.name, async_pure)  # wrong
async_call(plain, 1)  # wrong
async_call(half, 1)  # wrong
async_race(text, text)  # wrong

match run(async_map(load(), lambda user: user.name)):
    case Ok(name):
        name + 1  # wrong
    case _:
        pass


async def texts() -> AsyncIterator[Result[str, ErrInfo]]:
    yield Ok("text")


async def bare() -> AsyncIterator[str]:
    yield "text"


stream.map(texts, half)  # wrong
stream.map(texts(), str)  # wrong
stream.map(bare, str)  # wrong
stream.map(text, str)  # wrong
stream.bind(texts, lambda value: value.split())  # wrong
stream.bind(texts, lambda value: async_pure(value))  # wrong
stream.bounded_map(texts, fetch)  # wrong
stream.bounded_map(texts, len)  # wrong
stream.bounded_map(texts, half_plan)  # wrong
stream.from_items(3)  # wrong
stream.from_plan(texts)  # wrong
stream.merge(texts)  # wrong
stream.buffer(texts)  # wrong
stream.collect(text)  # wrong
stream.unique(texts, lambda value: [value])  # wrong
stream.using(text, lambda value: stream.from_items([value]), print)  # wrong
run(texts)  # wrong
counted: stream.Stream[str] = stream.map(texts, len)  # wrong
numbered: AsyncPlan[list[int]] = stream.collect(texts)  # wrong


def lengths() -> stream.AsyncStream[int]:
    return stream.map(texts, lambda value: value.upper())  # wrong
