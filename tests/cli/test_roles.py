from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def test_each_module_is_listed_with_its_role_and_why(isolint: Any) -> None:
    answer = isolint("roles", "app")
    rows = [line.split(maxsplit=3) for line in answer.out.splitlines()]
    assert [row[:3] for row in rows] == [
        ["unassigned", "app", "app/__init__.py"],
        ["core", "app.domain", "app/domain/__init__.py"],
        ["core", "app.domain.orders", "app/domain/orders.py"],
        ["core", "app.domain.users", "app/domain/users.py"],
        ["shell", "app.main", "app/main.py"],
    ]
    assert "app.domain" in rows[1][3]
    assert answer.code == 0


def test_json(shop: Path, isolint: Any) -> None:
    records = json.loads(isolint("roles", "app/main.py", "--output-format", "json").out)
    assert [(record["role"], record["module"], record["pattern"]) for record in records] == [
        ("shell", "app.main", "app.main")
    ]
    assert records[0]["filename"] == str(shop / "app/main.py")
