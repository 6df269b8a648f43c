"""The boundary as JSON. The fields are documented in docs/map.md."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import PurePath

    from isolint.report.boundary.model import Boundary, Found
    from isolint.report.view import View

VERSION = 1


def render(boundary: Boundary, view: View) -> str:
    """Return one object with all that the picture shows; paths are absolute."""
    return json.dumps(record(boundary, view.full), indent=2) + "\n"


def record(boundary: Boundary, path: Callable[[PurePath], str]) -> dict[str, Any]:
    """Return the picture as plain values; ``path`` says how the path of a file is written."""
    name = [package.name for package in boundary.packages]
    return {
        "version": VERSION,
        "packages": [
            {
                "name": package.name,
                "role": package.role.value,
                "modules": package.modules,
                "findings": _findings(package.findings, path),
            }
            for package in boundary.packages
        ],
        "imports": [
            {
                "importer": {
                    "name": name[each.importer],
                    "role": boundary.packages[each.importer].role.value,
                },
                "imported": {
                    "name": name[each.imported],
                    "role": boundary.packages[each.imported].role.value,
                },
                "count": each.count,
                "findings": _findings(each.findings, path),
            }
            for each in boundary.imports
        ],
        "drives": [
            {
                "package": {"name": name[each.package], "role": boundary.packages[each.package].role.value},
                "driver": each.driver,
                "findings": _findings(each.findings, path),
            }
            for each in boundary.drives
        ],
    }


def _findings(findings: Sequence[Found], path: Callable[[PurePath], str]) -> list[dict[str, Any]]:
    return [
        {
            "code": found.code,
            "message": found.message,
            "filename": path(found.path),
            "location": {"row": found.line, "column": found.column},
            "chain": [{"name": step.name, "place": step.place} for step in found.chain],
        }
        for found in findings
    ]
