from __future__ import annotations

import json

from msgspec.structs import replace

from isolint.report import rule_page
from isolint.rule import ALL_ROLES, CORE_AND_RUNTIME, Example, FixAvailability, Rule
from isolint.semantic_index.facts import Fact

RULE = Rule(
    code="ISO102",
    name="event-loop-run",
    summary="An event loop is run outside a shell: `a | b`.",
    rationale="\nThe core describes.\n\nThe shell drives.\n",
    roles=CORE_AND_RUNTIME,
    looks_at=(Fact,),
    check=lambda _fact, _context: iter(()),
    bad=(Example("a direct run", "import asyncio\n\nasyncio.run(main())\n"),),
    good=(Example("a plan", "\ndef f():\n    return plan\n"),),
)

MARKDOWN = """\
# ISO102 event-loop-run

An event loop is run outside a shell: `a | b`.

- Roles: core, runtime
- On: by default
- Fix: none

## Why

The core describes.

The shell drives.

## Bad: a direct run

```python
import asyncio

asyncio.run(main())
```

## Good: a plan

```python
def f():
    return plan
```

## How to silence it

Where the finding is deliberate, say so on its line:

```python
...  # isolint: ignore[ISO102] -- the reason
```
"""

TEXT = """\
ISO102 event-loop-run

An event loop is run outside a shell: `a | b`.

Roles: core, runtime
On: by default
Fix: none

The core describes.

The shell drives.

Bad: a direct run

    import asyncio

    asyncio.run(main())

Good: a plan

    def f():
        return plan
"""


def test_markdown() -> None:
    assert rule_page.markdown(RULE) == MARKDOWN


def test_text() -> None:
    assert rule_page.text(RULE) == TEXT


def test_record() -> None:
    assert json.loads(rule_page.one_record(RULE)) == {
        "code": "ISO102",
        "name": "event-loop-run",
        "summary": "An event loop is run outside a shell: `a | b`.",
        "rationale": "The core describes.\n\nThe shell drives.",
        "roles": ["core", "runtime"],
        "strict": False,
        "mends": None,
        "fix": "none",
        "bad": [{"title": "a direct run", "source": "import asyncio\n\nasyncio.run(main())\n", "beside": {}}],
        "good": [{"title": "a plan", "source": "def f():\n    return plan\n", "beside": {}}],
    }


def test_records_are_an_array_of_records() -> None:
    assert json.loads(rule_page.records([RULE, RULE])) == [rule_page.record(RULE)] * 2


def test_the_table_of_the_readme() -> None:
    strict = replace(RULE, code="ISO206", roles=ALL_ROLES, strict=True, fix=FixAvailability.SAFE)
    assert rule_page.table([RULE, strict]) == (
        "| code | name | finding | roles | on | fix |\n"
        "|---|---|---|---|---|---|\n"
        "| ISO102 | event-loop-run | An event loop is run outside a shell: `a \\| b`. | core, runtime | default | none |\n"
        "| ISO206 | event-loop-run | An event loop is run outside a shell: `a \\| b`. | all | strict | safe |\n"
    )


def test_a_rule_that_no_comment_silences_says_how() -> None:
    page = rule_page.markdown(replace(RULE, silencing="Leave the file out."))
    assert page.endswith("## How to silence it\n\nLeave the file out.\n")
