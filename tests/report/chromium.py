"""A headless Chromium for pages: an installed one; run as a program, the module installs one.

``python -m tests.report.chromium`` installs one unless a usable one exists: from Debian's packages where that is
allowed (as root, with apt-get), else Playwright's own.
"""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
_QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Options without network traffic: the tests open local files."""
_PATIENCE = 300
"""Time limit of one way to install a browser, in seconds."""


class NoChromiumError(Exception):
    """No Chromium starts; the message lists the attempts and the remedy."""


@contextmanager
def running() -> Generator[Any]:
    """Start the first Chromium that works. Raises NoChromiumError if none does."""
    try:
        api: Any = importlib.import_module("playwright.sync_api")
    except ImportError:
        raise NoChromiumError("Playwright is not installed: `make browser`") from None
    with api.sync_playwright() as playwright:
        browser = _started(playwright.chromium, api.Error)
        try:
            yield browser
        finally:
            browser.close()


def _started(chromium: Any, failure: type[Exception]) -> Any:
    # Chromium refuses its sandbox to the superuser, as whom tests in containers run.
    arguments = [*_QUIET, "--no-sandbox"] if _is_superuser() else [*_QUIET]
    refused: list[str] = []
    for path in _installed(Path(chromium.executable_path)):
        try:
            return chromium.launch(executable_path=path, args=arguments)
        except failure as error:  # noqa: PERF203  such as Ubuntu's chromium-browser, which only says that there is a snap
            refused.append(f"{path} does not start ({str(error).strip().splitlines()[0]})")
    raise NoChromiumError("; ".join(refused or ["there is no Chromium"]) + ": `make browser` installs one")


def _installed(own: Path) -> Iterator[str]:
    if own.exists():
        yield str(own)
    yield from filter(None, map(shutil.which, _NAMES))


def _is_superuser() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _commands() -> Iterator[list[str]]:
    """Yield the ways to install a Chromium, in order of preference."""
    playwright = [sys.executable, "-m", "playwright", "install"]
    if _is_superuser() and shutil.which("apt-get"):
        wanted = "chromium fonts-dejavu-core"
        options = "-qq -o Acquire::Retries=1 -o Acquire::http::Timeout=30"
        install = f"apt-get {options} install -y --no-install-recommends {wanted}"
        yield ["sh", "-c", f"apt-get {options} update; {install}"]
        yield [*playwright, "--with-deps", "chromium"]
    yield [*playwright, "chromium"]


def _succeeds(command: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    sys.stderr.write(f"no Chromium yet: {' '.join(command)}\n")
    try:
        return subprocess.run(command, env=environment, timeout=_PATIENCE, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _missing() -> str:
    """Return the reason why no browser is available; an empty text where one is."""
    try:
        with running():
            return ""
    except NoChromiumError as error:
        return str(error)


def main() -> int:
    """Return 0 if a Chromium is available in the end."""
    missing = _missing()
    for command in _commands():
        if missing and _succeeds(command):
            missing = _missing()
    if missing:
        sys.stderr.write(f"{missing}\n")
    return bool(missing)


if __name__ == "__main__":
    raise SystemExit(main())
