"""Plans as data: repr, drawings, equality, hash. Nothing of the user's runs for any of them."""

# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import re
from typing import Any

import pytest

from asyncplan import (
    AsyncPlan,
    ErrInfo,
    Ok,
    Plan,
    RetryPolicy,
    TimeoutPolicy,
    async_attempt,
    async_bind,
    async_ensure,
    async_fail,
    async_gather,
    async_gather_all,
    async_lift,
    async_map,
    async_map_err,
    async_named,
    async_or_else,
    async_pure,
    async_retry,
    async_timeout,
    async_traverse,
    lift_sync,
    render_tree,
    to_mermaid,
)


def sync() -> Any:
    raise AssertionError("drawing a plan must not run it")


async def fetch() -> Any:
    raise AssertionError("drawing a plan must not run it")


def step(_: object) -> Any:
    raise AssertionError("drawing a plan must not run it")


def whole_catalogue() -> Plan[Any]:
    plan: Plan[Any] = async_bind(async_lift(fetch), step)
    plan = async_ensure(
        async_attempt(async_or_else(async_map(plan, step), step), catch=(KeyError, OSError)), fetch
    )
    plan = async_timeout(async_retry(async_map_err(plan, step), RetryPolicy(5)), TimeoutPolicy(2))
    side_by_side: list[AsyncPlan[Any]] = [plan, fetch, lift_sync(sync)]
    inner = async_gather_all(side_by_side, concurrency=2)
    branches = async_gather(
        [async_map(inner, len), async_traverse(range(3), step), async_fail(ErrInfo("NO", "no"))]
    )
    return async_named(async_bind(branches, step), "everything")


FETCH, STEP, SYNC = "fetch (FILE)", "step (FILE)", "sync (FILE)"
TREE = f"""\
async_gather of 3 plans, 16 at a time
├─ async_gather_all of 3 plans, 2 at a time
│  ├─ async_lift {FETCH}
│  │  async_bind {STEP}
│  │  async_map {STEP}
│  │  async_or_else {STEP}
│  │  async_attempt KeyError, OSError
│  │  async_ensure {FETCH}
│  │  async_map_err {STEP}
│  │  async_retry up to 5 attempts
│  │  async_timeout after 2 s
│  ├─ {FETCH}
│  └─ lift_sync {SYNC}
│  async_map len
├─ async_traverse {STEP}, 16 at a time
└─ async_fail(ErrInfo(code='NO', m...=None, ctx={{}}))
async_bind {STEP}
async_named 'everything'"""


def without_places(text: str) -> str:
    return re.sub(rf"{re.escape(__file__)}:\d+", "FILE", text)


def test_the_tree_shows_every_kind_of_step_in_order() -> None:
    drawn = without_places(render_tree(whole_catalogue()))
    assert re.sub(r"async_fail\(.*\)", "async_fail(...)", drawn) == re.sub(
        r"async_fail\(.*\)", "async_fail(...)", TREE
    )


def test_the_tree_is_cut_at_its_limit() -> None:
    assert without_places(render_tree(whole_catalogue(), limit=2)).splitlines() == [
        *TREE.splitlines()[:2],
        "…",
    ]


def test_a_function_can_be_drawn_too() -> None:
    assert without_places(render_tree(fetch)) == FETCH


def test_the_flowchart_has_one_edge_for_each_step_but_the_last() -> None:
    chart = to_mermaid(whole_catalogue()).splitlines()
    assert chart[0] == "flowchart TD"
    assert sum("-->" in line for line in chart) == len(TREE.splitlines()) - 1
    assert all(re.fullmatch(r'  n\d+(\[".*"\]| --> n\d+)', line) for line in chart[1:])


def test_the_flowchart_is_cut_at_its_limit() -> None:
    chart = to_mermaid(whole_catalogue(), limit=3)
    assert chart.count("-->") == 4
    assert chart.splitlines()[-2].strip() == "more[…]"


def test_the_flowchart_escapes_what_mermaid_would_read() -> None:
    assert (
        to_mermaid(async_pure('#a"<b>\n')).splitlines()[1]
        == r"""  n0["async_pure('#35;a#quot;#lt;b#gt;\n')"]"""
    )


def test_the_repr_shows_the_latest_steps() -> None:
    plan = async_pure(0)
    assert repr(plan) == "<Plan async_pure(0)>"
    assert repr(async_map(plan, abs)) == "<Plan async_pure(0) |> async_map abs>"
    for _ in range(100):
        plan = async_map(plan, abs)
    assert repr(plan) == "<Plan … |> " + " |> ".join(["async_map abs"] * 6) + ">"


def test_the_repr_is_bounded_however_large_the_value() -> None:
    nested = async_pure(async_pure("x" * 10_000))
    assert len(repr(nested)) < 200
    assert len(repr(async_pure(list(range(10_000))))) < 200


def test_plans_built_alike_are_equal_and_hash_alike() -> None:
    assert whole_catalogue() == whole_catalogue()
    assert len({whole_catalogue(), whole_catalogue()}) == 1


@pytest.mark.parametrize(
    "other",
    [
        async_pure(2),
        async_pure(True),  # noqa: FBT003
        async_map(async_pure(1), hash),
        async_fail(ErrInfo("NO", "no")),
        async_named(async_pure(1), "x"),
        fetch,
        1,
        Ok(1),
    ],
)
def test_plans_built_otherwise_are_not(other: object) -> None:
    assert async_pure(1) != other


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (async_map(async_pure(1), hash), async_map(async_pure(1), abs)),
        (async_map(async_pure(1), abs), async_map(async_pure(2), abs)),
        (async_named(async_pure(1), "x"), async_named(async_pure(1), "y")),
        (async_gather([async_pure(1)]), async_gather([async_pure(2)])),
        (async_gather([async_pure(1)]), async_gather([async_pure(1)], concurrency=2)),
        (async_gather([async_pure(1)]), async_gather([async_pure(1)] * 2)),
        (async_gather([async_pure(1)]), async_gather_all([async_pure(1)])),
        (async_traverse((1,), step), async_traverse((2,), step)),
    ],
)
def test_each_part_of_a_plan_counts(left: Plan[Any], right: Plan[Any]) -> None:
    assert left != right
    assert left == left  # noqa: PLR0124


def test_gathers_nested_a_hundred_thousand_deep_compare_without_recursion() -> None:
    def nest() -> Plan[Any]:
        plan: Plan[Any] = async_pure(1)
        for _ in range(100_000):
            plan = async_gather([plan])
        return plan

    left, right = nest(), nest()
    assert left == right
    assert len(render_tree(left).splitlines()) == 201
    assert to_mermaid(left).count("-->") == 201
