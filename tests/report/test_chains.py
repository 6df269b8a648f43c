from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from isolint.report.chains import common_driver, parted
from isolint.report.formats import closing
from tests.report.samples import CLEAN, checked, finding

if TYPE_CHECKING:
    from isolint.model import Checked

EMIT = "app.bus.emit (app/bus.py:3)"
RUN = "asyncio.run (app/bus.py:4)"


def driven(*chains: list[str], others: int = 0) -> Checked:
    messages = [f"`f` drives, and so does calling it: {' -> '.join(steps)}" for steps in chains]
    indirect = [finding(code="ISO112", message=message) for message in messages]
    return checked(*indirect, *[finding()] * others)


def test_a_message_with_a_chain_and_one_without() -> None:
    assert parted("`f` drives: a.f (a.py:1) -> b.g (b.py:2)") == (
        "`f` drives",
        ["a.f (a.py:1)", "b.g (b.py:2)"],
    )
    assert parted("`f -> g` is no chain") == ("`f -> g` is no chain", [])


@pytest.mark.parametrize("way", [[EMIT, RUN], ["app.domain.load (app/domain.py:9)", EMIT, RUN]])
def test_what_most_findings_come_down_to(way: list[str]) -> None:
    outcomes = [CLEAN, driven(*[way] * 12, ["app.g (app/g.py:1)", RUN], others=2)]
    advice, total = closing(outcomes).splitlines()
    assert advice == (
        "12 of these come down to `app.bus.emit`, which drives itself: name it in `allowed` if the core is meant to "
        "use it, or begin with it."
    )
    assert total == "Found 15 findings in 1 file (checked 2 files)."


@pytest.mark.parametrize(
    "outcome",
    [
        driven(*[[EMIT, RUN]] * 9),
        driven(*[[EMIT, RUN]] * 12, others=12),
        driven(*([f"app.f{number} (app/f.py:{number})", RUN] for number in range(20))),
        checked(*[finding()] * 20),
    ],
)
def test_few_findings_or_different_ones_have_nothing_in_common(outcome: Checked) -> None:
    assert common_driver([outcome]) == ""


def test_a_name_that_a_file_has_no_business_to_have() -> None:
    assert "`app.␛[31mred.f`" in common_driver([driven(*[["app.\x1b[31mred.f (app/red.py:1)", RUN]] * 12)])
