"""The functions users build plans with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from asyncplan.plan import AsyncPlan, Bind, Lift, Map, Plan, Pure

A = TypeVar("A")
B = TypeVar("B")


def async_pure(value: A) -> Plan[A]:
    return Pure(value)


def async_bind(plan: AsyncPlan[A], f: Callable[[A], AsyncPlan[B]]) -> Plan[B]:
    return Bind(plan, f)


def async_map(plan: AsyncPlan[A], f: Callable[[A], B]) -> Plan[B]:
    return Map(plan, f)


def async_lift(make: AsyncPlan[A]) -> Plan[A]:
    return Lift(make)
