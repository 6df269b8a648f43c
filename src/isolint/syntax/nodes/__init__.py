"""The nodes that semantics and rules look at: what code means, and nothing of how it is laid out.

They go by the names of libcst's, with the same fields where these carry meaning. libcst's own are not used for
two reasons: to import them takes a quarter of the time of a run over one file, and each takes several times the
memory.
"""

from __future__ import annotations

from isolint.syntax.nodes.base import *  # noqa: F403  # pyright: ignore[reportWildcardImportFromLibrary]
from isolint.syntax.nodes.deferred import *  # noqa: F403  # pyright: ignore[reportWildcardImportFromLibrary]
from isolint.syntax.nodes.expressions import *  # noqa: F403  # pyright: ignore[reportWildcardImportFromLibrary]
from isolint.syntax.nodes.operators import *  # noqa: F403  # pyright: ignore[reportWildcardImportFromLibrary]
from isolint.syntax.nodes.patterns import *  # noqa: F403  # pyright: ignore[reportWildcardImportFromLibrary]
from isolint.syntax.nodes.statements import *  # noqa: F403  # pyright: ignore[reportWildcardImportFromLibrary]
