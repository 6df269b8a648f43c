"""The cost of a plan, against a hand-written loop and against other ways to describe async work.

    python -m benchmarks.runtime [--output TABLE.md]

All rows are measured in one run, turn by turn, and the best turn of each counts; ratios are to the first row.
The libraries compared with are no dependencies of this project; without them their rows are left out:

    pip install returns expression

The reference awaits one `async def` step after the other and takes each `Result` apart with `match`, as the
lesson's own bind does. Every row but the reference's is given its chain of steps beforehand; a row "built
and driven" pays for building the chain in each run too (a FutureResult can be awaited only once).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import platform
import subprocess
import sys
import sysconfig
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.contenders import CONTENDERS, REFERENCE, Contender
from benchmarks.gathering import GATHERERS, Gatherer, gather_seconds
from benchmarks.streaming import MAPPERS, PIPELINES, pipeline_seconds

Run: TypeAlias = Callable[[], Awaitable[Any]]

SIZES = (1, 10, 100, 500)
SHAPES = ("left", "right", "map")
ROUNDS = 9
STEPS_PER_TURN = 20_000
DEEPEST = 1_000_000


def main() -> None:
    """Measure everything and write the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, help="write the tables to this file too")
    parser.add_argument("--depth", nargs=2, metavar=("ROW", "N"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.depth:
        drive_left(options.depth[0], int(options.depth[1]))
        return
    tables = [
        header(),
        steps_table(),
        size_table(),
        pool_table("gathered", GATHERERS),
        pool_table("mapped by a stream", MAPPERS),
        pipeline_table(),
    ]
    text = "\n".join(line for lines in tables for line in [*lines, ""])
    print(text)
    if options.output:
        options.output.write_text(text, "utf-8")


def header() -> list[str]:
    """Name the Python build and the machine of the figures."""
    build = f"{platform.python_implementation()} {platform.python_version()} ({platform.python_compiler()})"
    optimized = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    profile = "with" if optimized else "without"
    return [
        f"{build}, built {profile} profile-guided optimization, {platform.machine()}, one core.",
        "",
        f"One run of `python -m benchmarks.runtime`: the best of {ROUNDS} turns of each row, in alternation, as a multiple of",
        "the first row of its table; CPU time, garbage collector off, no context variables set.",
    ]


def steps_table() -> list[str]:
    """Measure time for each step, as a multiple of the reference's."""
    columns = [(shape, size) for shape in SHAPES for size in SIZES] + [("waiting", 100)]
    rows: dict[str, list[str]] = {contender.name: [] for contender in CONTENDERS}
    for shape, size in columns:
        seconds = measure({c.name: run for c in CONTENDERS if (run := c.prepared(shape, size))}, size)
        for name, cells in rows.items():
            cells.append(f"{seconds[name] / seconds[REFERENCE]:.2f}" if name in seconds else "-")
        rows[REFERENCE][-1] = f"1.00 ({seconds[REFERENCE] * 1e9:.0f} ns)"
    titles = [f"{shape} {size}" for shape, size in columns]
    return table("time for each step", titles, rows)


def measure(runs: dict[str, Run], size: int) -> dict[str, float]:
    """Give the best seconds for each step, turn by turn so that all see the same machine."""
    best: dict[str, float] = {}
    runs = {name: run for name, run in runs.items() if survives(run)}
    repeats = max(1, STEPS_PER_TURN // size)
    for _ in range(ROUNDS):
        for name, run in runs.items():
            best[name] = min(best.get(name, 1e9), asyncio.run(turn(run, repeats)) / size)
    return best


def survives(run: Run) -> bool:
    """Tell whether a run of this size ends in anything but a RecursionError."""
    try:
        asyncio.run(turn(run, 1))
    except RecursionError:
        return False
    return True


async def turn(run: Run, repeats: int) -> float:
    """Give the seconds for one run, without the collector."""
    gc.collect()
    gc.disable()
    started = time.process_time()
    for _ in range(repeats):
        await run()
    elapsed = time.process_time() - started
    gc.enable()
    return elapsed / repeats


def size_table() -> list[str]:
    """Measure bytes for each node of a left-nested chain, and how long the chain may get."""
    rows: dict[str, list[str]] = {}
    for contender in CONTENDERS:
        if contender.describes:
            depth = greatest_depth(contender.name)
            rows[contender.name] = [
                f"{bytes_per_node(contender):.0f}",
                f"{depth:,}" + "+" * (depth == DEEPEST),
            ]
    return table("size of a description", ["bytes per node", "greatest depth"], rows)


def bytes_per_node(contender: Contender, nodes: int = 400) -> float:
    """Give the heap that one more left bind takes."""
    contender.left(nodes)
    gc.collect()
    tracemalloc.start()
    kept = contender.left(nodes)
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    if asyncio.iscoroutine(kept):
        kept.close()
    return taken / nodes


def greatest_depth(name: str) -> int:
    """Search for the longest left-nested chain that a fresh process drives without an error."""
    if survives_depth(name, DEEPEST):
        return DEEPEST
    good, bad = 1, 10_000
    while bad - good > 1 + good // 50:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if survives_depth(name, middle) else (good, middle)
    return good


def survives_depth(name: str, depth: int) -> bool:
    """Drive a chain of that depth in a process of its own: some do not raise, but crash."""
    command = [sys.executable, "-m", "benchmarks.runtime", "--depth", name, str(depth)]
    root = Path(__file__).parents[1]
    return subprocess.run(command, cwd=root, capture_output=True, check=False).returncode == 0


def drive_left(name: str, depth: int) -> None:
    """Drive one chain, for `survives_depth`."""
    contender = next(c for c in CONTENDERS if c.name == name)
    asyncio.run(turn(contender.run_of(contender.left(depth)), 1))


def pool_table(done: str, ways: dict[str, Gatherer], plans: int = 10_000) -> list[str]:
    """Measure plans that sleep, some at a time, on virtual time, as a multiple of a bare pool's."""
    levels = (16, 100, 1000)
    rows: dict[str, list[str]] = {name: [] for name in ways}
    for level in levels:
        best = dict.fromkeys(ways, 1e9)
        for _ in range(ROUNDS):
            for name, way in ways.items():
                best[name] = min(best[name], gather_seconds(way, plans, level) / plans)
        reference = best[next(iter(ways))]
        for name, seconds in best.items():
            rows[name].append(f"{seconds / reference:.2f} ({seconds * 1e6:.1f} µs)")
    return table(f"time for each of {plans:,} plans {done}", [f"concurrency {n}" for n in levels], rows)


def pipeline_table(items: int = 10_000) -> list[str]:
    """Measure a stream of five stages, as a multiple of async generators written by hand."""
    best = dict.fromkeys(PIPELINES, 1e9)
    for _ in range(ROUNDS):
        for name, pipeline in PIPELINES.items():
            best[name] = min(best[name], pipeline_seconds(pipeline, items) / items)
    reference = best[next(iter(PIPELINES))]
    rows = {name: [f"{seconds / reference:.2f} ({seconds * 1e6:.1f} µs)"] for name, seconds in best.items()}
    return table(f"time for each of {items:,} items", ["map, bind, unique, chunk, collect"], rows)


def table(title: str, columns: list[str], rows: dict[str, list[str]]) -> list[str]:
    """Lay out a Markdown table."""
    lines = [f"| {title} | {' | '.join(columns)} |", "|---" + "|---:" * len(columns) + "|"]
    return lines + [f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items()]


if __name__ == "__main__":
    main()
