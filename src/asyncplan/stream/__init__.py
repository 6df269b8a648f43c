"""Streams: many values over time, described as plans are and run by the plan that collects them.

A stream is a function without arguments that returns an async iterator of `Result`s, such as an async
generator function. Building one runs nothing, and every call starts a fresh run:

    pages = stream.from_items(urls)
    texts = stream.bounded_map(pages, fetch, concurrency=8)  # `fetch` returns a plan
    plan = stream.collect(stream.chunk(texts, 100))

An `Err` is an item: it keeps its place, passes every stage untouched and does not end the stream. `collect`
fails with the first one, `collect_all` keeps them all. An exception is a defect: it ends the stream where it
was raised. However a run ends, each stage closes the one before it and leaves no task behind.

A run takes a few call frames for each stage: a chain of some hundred stages is the limit.
"""

from asyncplan.stream.concurrent import bounded_map, buffer, merge
from asyncplan.stream.node import AsyncStream, Stream
from asyncplan.stream.sinks import collect, collect_all
from asyncplan.stream.sources import from_items, from_plan, using
from asyncplan.stream.stages import bind, chunk, map, rate, unique  # noqa: A004 - read as `stream.map`

__all__ = [
    "AsyncStream",
    "Stream",
    "bind",
    "bounded_map",
    "buffer",
    "chunk",
    "collect",
    "collect_all",
    "from_items",
    "from_plan",
    "map",
    "merge",
    "rate",
    "unique",
    "using",
]
