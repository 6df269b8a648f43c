from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest

from asyncplan import Err, ErrInfo, Ok, Result

FULL = ErrInfo("E", "no", stage="load", path=("rows", 3), cause=ValueError("x"), ctx={"attempts": 2})


def side(result: Result[int, ErrInfo]) -> object:
    match result:
        case Ok(value=value):
            return value
        case Err(error=error):
            return error.code


def test_both_sides_come_apart_in_a_match() -> None:
    assert (side(Ok(1)), side(Err(ErrInfo("E", "no")))) == (1, "E")


def test_success_and_failure_differ_even_around_the_same_value() -> None:
    both: list[Ok[int] | Err[int]] = [Ok(1), Ok(1), Err(1)]
    assert both[0] == both[1]
    assert both[1] != both[2]
    assert len(set(both)) == 2


@pytest.mark.parametrize(("value", "name"), [(Ok(1), "value"), (Err("e"), "error"), (FULL, "ctx")])
def test_outcomes_cannot_be_changed(value: object, name: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(value, name, 2)
    with pytest.raises((AttributeError, TypeError)):
        setattr(value, "other", 2)  # noqa: B010 - no checker would let it pass


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("value", [Ok([1]), Err("e"), FULL, Err(FULL)])
def test_outcomes_survive_pickling(value: object, protocol: int) -> None:
    assert pickle.loads(pickle.dumps(value, protocol)) == value  # noqa: S301


def test_the_cause_stays_out_of_equality_hash_and_pickle() -> None:
    without = ErrInfo("E", "no", stage="load", path=("rows", 3), ctx={"attempts": 2})
    assert without == FULL
    assert hash(without) == hash(FULL)
    assert pickle.loads(pickle.dumps(FULL)).cause is None  # noqa: S301
    assert replace(FULL, stage="save").cause is FULL.cause


@pytest.mark.parametrize(
    "other",
    [
        ErrInfo("F", "no"),
        ErrInfo("E", "yes"),
        ErrInfo("E", "no", stage="x"),
        ErrInfo("E", "no", path=(1,)),
        ErrInfo("E", "no", ctx={"a": 1}),
    ],
)
def test_every_other_field_counts(other: ErrInfo) -> None:
    assert other != ErrInfo("E", "no")
    assert len({other, ErrInfo("E", "no")}) == 2


def test_the_context_is_a_frozen_copy_in_any_order() -> None:
    given = {"a": 1, "b": 2}
    error = ErrInfo("E", "no", ctx=given)
    given["a"] = 5
    assert dict(error.ctx) == {"a": 1, "b": 2}
    assert hash(error) == hash(ErrInfo("E", "no", ctx={"b": 2, "a": 1}))
    with pytest.raises(TypeError):
        error.ctx["a"] = 3  # type: ignore[index]


def test_an_unhashable_fact_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match=r"ErrInfo\.ctx\['rows'\] is unhashable \(list\)"):
        ErrInfo("E", "no", ctx={"rows": [1]})  # type: ignore[dict-item]


def test_an_error_is_not_a_tuple() -> None:
    assert not issubclass(ErrInfo, tuple)


def test_an_exception_becomes_an_error_with_its_cause() -> None:
    exc = KeyError("k")
    error = ErrInfo.from_exception(exc, stage="load")
    assert (error.code, error.msg, error.stage, error.cause) == ("KeyError", "'k'", "load", exc)
    assert ErrInfo.from_exception(ValueError()).msg == "ValueError"
    assert ErrInfo.from_exception(exc, code="MISSING").code == "MISSING"


def test_a_copy_keeps_the_cause() -> None:
    error = ErrInfo("E", "m", cause=ValueError("x"), ctx={"a": 1})
    for copied in (copy.copy(error), copy.deepcopy(error), copy.deepcopy(Err(error)).error):
        assert copied is error
    assert pickle.loads(pickle.dumps(error)).cause is None  # noqa: S301


def test_a_path_is_a_tuple_of_indices_and_keys() -> None:
    listed: Any = [3, "name"]
    assert ErrInfo("E", "m", path=listed).path == (3, "name")
    hash(ErrInfo("E", "m", path=listed))
    wrong: list[Any] = ["name", 3, [1.5], [None]]
    for path in wrong:
        with pytest.raises(TypeError, match=r"ErrInfo\.path is a tuple of indices and keys"):
            ErrInfo("E", "m", path=path)


def test_within_says_where_in_a_larger_input() -> None:
    cause = ValueError("x")
    error = ErrInfo("E", "m", path=("name",), cause=cause, ctx={"a": 1}).within("users", 3)
    assert error == ErrInfo("E", "m", path=("users", 3, "name"), ctx={"a": 1})
    assert error.cause is cause
