"""Watching a block of code for effects: audit events, a profile of its calls, the coroutines it makes."""

from __future__ import annotations

import gc
import inspect
import sys
import warnings
from contextlib import ExitStack, contextmanager
from types import BuiltinFunctionType, CodeType, CoroutineType, FrameType, ModuleType
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import NonCallableMock

from asyncplan.contract import discard

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

_LOOP_MODULES: Final = frozenset(
    "asyncio." + name
    for name in (
        "base_events",
        "events",
        "futures",
        "runners",
        "streams",
        "subprocess",
        "taskgroups",
        "tasks",
        "threads",
        "timeouts",
    )
)
_BUILTIN_WORLDS: Final = {
    "time": "the clock",
    "_asyncio": "the event loop",
    "posix": "the file system",
    "nt": "the file system",
    "_socket": "a socket",
}
_EVENT_WORLDS: Final = (
    (("open", "os.", "shutil.", "tempfile.", "glob.", "sqlite3.", "mmap."), "the file system"),
    (("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "imaplib.", "poplib."), "a socket"),
    (("subprocess.", "pty."), "a process"),
)
_HARMLESS_BUILTINS: Final = frozenset(
    {"fspath", "_path_normpath", "_path_splitroot", "_path_splitroot_ex", "strftime", "strptime", "mktime"}
)
_PYTHON_ITSELF: Final = ("importlib._bootstrap", "warnings", "linecache", "tokenize")
_NOT_A_USE: Final = frozenset(
    {"__getattr__", "__getattribute__", "__eq__", "__hash__", "__repr__", "__bool__"}
)


@contextmanager
def watching(ports: Sequence[object]) -> Generator[list[str], None, None]:
    """Collect a line for each touch of `ports` or the world by the block; complete when the block is left."""
    touched: list[str] = []
    with ExitStack() as watches:
        watches.enter_context(_mocks(ports, touched))
        watches.enter_context(_coroutines(touched))
        watches.enter_context(_audit(touched))
        watches.enter_context(_calls(ports, touched))
        yield touched


@contextmanager
def _mocks(ports: Sequence[object], touched: list[str]) -> Generator[None, None, None]:
    mocks: list[Any] = [port for port in ports if isinstance(port, NonCallableMock)]
    before = [len(mock.mock_calls) for mock in mocks]
    yield
    for mock, count in zip(mocks, before, strict=True):
        touched += [f"the port was called: {call}" for call in mock.mock_calls[count:]]


@contextmanager
def _coroutines(touched: list[str]) -> Generator[None, None, None]:
    """Find coroutines made, both those kept (among the young objects) and those dropped (by their warning)."""
    collecting, depth = gc.isenabled(), sys.get_coroutine_origin_tracking_depth()
    gc.disable()
    sys.set_coroutine_origin_tracking_depth(1)
    before = _young_coroutines()
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
        old = {id(coroutine) for coroutine in before}
        for coroutine in _young_coroutines():
            if id(coroutine) not in old:
                touched.append(_made(coroutine))
                discard(coroutine)
    finally:
        sys.set_coroutine_origin_tracking_depth(depth)
        if collecting:
            gc.enable()
    for warning in caught:
        if "was never awaited" in str(warning.message):
            touched.append(f"a coroutine was made and dropped: {warning.message}")
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)


def _young_coroutines() -> list[Any]:
    return [found for found in gc.get_objects(generation=0) if isinstance(found, CoroutineType)]


def _made(coroutine: Any) -> str:
    where = "".join(f" at {filename}:{line}" for filename, line, _ in coroutine.cr_origin or ())
    return f"the coroutine {coroutine.__qualname__} was made{where}"


_audits: list[list[str]] = []


@contextmanager
def _audit(touched: list[str]) -> Generator[None, None, None]:
    if not _hooked:
        sys.addaudithook(_on_audit_event)  # cannot be taken away again: idle while no block is watched
        _hooked.append(True)
    _audits.append(touched)
    try:
        yield
    finally:
        _audits.remove(touched)


_hooked: list[bool] = []


def _on_audit_event(event: str, _: tuple[Any, ...]) -> None:
    if not _audits:
        return
    for prefixes, world in _EVENT_WORLDS:
        if event.startswith(prefixes):
            frame = inspect.currentframe()
            if not _by_python_itself(frame):
                _audits[-1].append(f"{world} was touched: {event}{_at(frame and frame.f_back)}")


@contextmanager
def _calls(ports: Sequence[object], touched: list[str]) -> Generator[None, None, None]:
    methods = {code: name for port in ports for code, name in _methods(port).items()}

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        if event == "c_call":
            world = _world_of_builtin(argument)
            if world is not None and not _by_python_itself(frame):
                touched.append(f"{world} was touched: {argument.__qualname__}{_at(frame)}")
        elif event == "call":
            method = methods.get(frame.f_code)
            what = f"the port was called: {method}" if method else _use_of_loop(frame)
            if what is not None:
                touched.append(what + _at(frame.f_back))

    previous = sys.getprofile()
    sys.setprofile(profile)
    try:
        yield
    finally:
        sys.setprofile(previous)


def _world_of_builtin(function: BuiltinFunctionType) -> str | None:
    owner, name = function.__self__, function.__name__
    if isinstance(owner, ModuleType):
        return None if name in _HARMLESS_BUILTINS else _BUILTIN_WORLDS.get(owner.__name__)
    is_today = (
        isinstance(owner, type) and owner.__module__ == "datetime" and name in {"now", "utcnow", "today"}
    )
    return "the clock" if is_today else None


def _methods(port: object) -> dict[CodeType, str]:
    """Map the code of each method of a port, behind its decorators too, to the method's name."""
    found: dict[CodeType, str] = {}
    if isinstance(port, NonCallableMock):  # keeps its own account
        return found
    for cls in type(port).__mro__[:-1]:
        for name, member in vars(cls).items():
            function = getattr(member, "__func__", getattr(member, "fget", member))
            code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
            if name not in _NOT_A_USE and isinstance(code, CodeType):
                found[code] = f"{type(port).__qualname__}.{name}"
    return found


def _use_of_loop(frame: FrameType) -> str | None:
    if frame.f_globals.get("__name__") in _LOOP_MODULES:
        return f"the event loop was touched: {frame.f_code.co_name}"
    return None


def _by_python_itself(frame: FrameType | None) -> bool:
    """Tell a read by an import or a warning from a read by the block."""
    while frame is not None:
        if str(frame.f_globals.get("__name__")).startswith(_PYTHON_ITSELF):
            return True
        frame = frame.f_back
    return False


def _at(frame: FrameType | None) -> str:
    return f" at {frame.f_code.co_filename}:{frame.f_lineno}" if frame is not None else ""
