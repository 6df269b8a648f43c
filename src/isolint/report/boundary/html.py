"""The boundary as one HTML file: works offline, zooms, and shows the findings behind a line on a click.

The page may run its own script and nothing else: a content security policy names it by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING

from isolint.report.boundary.assets import asset
from isolint.report.boundary.markup import escaped
from isolint.report.boundary.records import record
from isolint.report.boundary.svg import picture
from isolint.report.view import visible

if TYPE_CHECKING:
    from isolint.report.boundary.model import Boundary
    from isolint.report.view import View


def render(boundary: Boundary, view: View, title: str = "boundary") -> str:
    """Return the page."""
    script = asset("page.js")
    style = asset("picture.css") + asset("page.css")
    policy = (
        f"default-src 'none'; script-src 'sha256-{_hash(script)}'; style-src 'sha256-{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    data = json.dumps(record(boundary, view.short), ensure_ascii=True)
    for character in "<>&":  # else a name could end the element that the data stand in
        data = data.replace(character, f"\\u{ord(character):04x}")
    return _PAGE.format(
        policy=policy,
        title=escaped(visible(title)),
        style=style,
        script=script,
        data=data,
        picture=picture(boundary),
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<input id="search" type="search" placeholder="find a package" aria-label="find a package">
<label><input id="wrong-only" type="checkbox"> only forbidden lines</label>
<button id="nearer" title="zoom in" aria-label="zoom in">+</button>
<button id="farther" title="zoom out" aria-label="zoom out">&minus;</button>
<button id="fit" title="show everything">fit</button>
</header>
<main id="picture" tabindex="0" aria-label="the picture: arrow keys move, + and - zoom, 0 shows everything">{picture}</main>
<aside id="panel" aria-live="polite"><p>Click a line or a box to see its findings and details; Escape lets go.</p>
<p>Drag to move, turn the wheel to zoom. By key: Tab and Enter choose, arrows move, + and &minus; zoom, 0 shows everything.</p></aside>
<script type="application/json" id="data">{data}</script>
<script>{script}</script>
</body>
</html>
"""
