"""Outcomes in the engine's form, small enough to check a report by eye."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from isolint.model import Checked, Crashed, Diagnostic, Edit, Fix, Import, Role, Safety, Span, Unparsable
from isolint.report.view import View

BASE = PurePosixPath("/home/dev/shop")
VIEW = View(BASE)


def finding(**given: Any) -> Diagnostic:
    """Return a finding on ``    asyncio.run(main())`` in line 12, with the given changes."""
    usual: dict[str, Any] = {
        "path": BASE / "app/domain/user.py",
        "code": "ISO102",
        "name": "event-loop-run",
        "message": "`asyncio.run` starts an event loop",
        "span": Span(12, 5, 12, 16),
        "role": Role.CORE,
        "resolved": "asyncio.run",
        "help": "return the plan",
        "snippet": "    asyncio.run(main())",
        "noqa_line": 12,
        "module": "app.domain.user",
        "scope": "load",
    }
    return Diagnostic(**usual | given)


def checked(*found: Diagnostic) -> Checked:
    """Return the outcome of the file with the findings."""
    return Checked(found[0].path, Role.CORE, found)


FIX = Fix(
    "wrap in a lambda",
    Safety.UNSAFE,
    (Edit(Span(3, 9, 3, 9), "lambda: "),),
    "it now runs once per drive",
    (Import("asyncplan", "async_lift"),),
)
CLEAN = Checked(BASE / "app/clean.py", Role.CORE, suppressed=2)
FOUND = checked(finding(), finding(span=Span(20, 5, 20, 16), code="ISO103", name="task"))
BROKEN = Unparsable(
    BASE / "app/broken.py",
    Role.CORE,
    finding(
        path=BASE / "app/broken.py",
        code="ISO900",
        name="unparsable",
        message="expected `:`",
        span=Span(1, 4, 1, 4),
        snippet="def",
        resolved="",
        help="",
        noqa_line=0,
    ),
)
CRASHED = Crashed(BASE / "app/locked.py", "permission denied")
DEFECT = Crashed(
    BASE / "app/odd.py", "KeyError: 'x'", "Traceback (most recent call last):\n  ...\nKeyError: 'x'\n"
)
ALL = (BROKEN, CLEAN, FOUND, CRASHED)
