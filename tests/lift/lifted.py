import asyncio
import sys
from collections.abc import Iterable
from functools import partial

from asyncplan import (
    Err,
    ErrInfo,
    Ok,
    Result,
    Steps,
    TimeoutPolicy,
    async_call,
    async_do,
    async_fail,
    async_from_result,
    async_gather,
    async_lift,
    async_timeout,
    async_zip,
    lift_blocking,
)


class Session:
    async def __aenter__(self) -> str: raise NotImplementedError

    async def __aexit__(self, *args: object) -> None: raise NotImplementedError


class Users:
    async def get(self, name: str, *, upper: bool = False) -> str: raise NotImplementedError

    async def find(self, name: str) -> Result[str, ErrInfo]: raise NotImplementedError

    def session(self) -> Session: raise NotImplementedError

    def blocking(self, name: str) -> str: raise NotImplementedError

    async def save(self, name: str) -> None: raise NotImplementedError


@async_do
def f_straight(name: str, users: Users) -> Steps[str]:
    found = yield from async_call(users.get, name)
    yield from async_call(users.save, found)
    return found


@async_do
def f_returned_at_once(name: str, users: Users) -> Steps[str]:
    return (yield from async_call(users.get, name))


@async_do
def f_in_an_expression(name: str, users: Users) -> Steps[str]:
    return (yield from async_call(users.get, name)).title() + (yield from async_call(users.get, "b")) + f"{(yield from async_call(users.get, 'c'))}"


@async_do
def f_one_inside_another(name: str, users: Users) -> Steps[None]:
    yield from async_call(users.save, (yield from async_call(users.get, (yield from async_call(users.get, name)))))


@async_do
def f_by_keyword(name: str, users: Users) -> Steps[str]:
    return (yield from async_call(lambda: users.get(name, upper=True)))


@async_do
def f_given_a_generator(name: str, users: Users) -> Steps[str]:
    async def joined(parts: Iterable[str]) -> str:
        return "".join(parts)

    return (yield from async_call(joined, (part for part in (name, "b"))))


@async_do
def f_starred(name: str, users: Users) -> Steps[str]:
    given = (name,)
    return (yield from async_call(users.get, *given))


class Above:
    async def get(self, name: str, *, upper: bool = False) -> str:
        return name.upper() if upper else name


class Below(Above):
    async def get(self, name: str, *, upper: bool = False) -> str:
        return await super().get(name, upper=not upper)


@async_do
def f_of_the_class_above(name: str, users: Users) -> Steps[str]:
    return (yield from async_call(Below().get, name))


@async_do
def f_bound_on_the_way(name: str, users: Users) -> Steps[str]:
    found = yield from async_call(partial(users.get, (short := name[:2]), upper=True))
    return found + short


@async_do
def f_a_loop(name: str, users: Users) -> Steps[list[str]]:
    found = []
    for each in (name, "b", "c"):
        if each == "b":
            continue
        found.append((yield from async_call(users.get, each)))
        if len(found) == 2:
            break
    else:
        yield from async_call(users.save, "all")
    return found


@async_do
def f_while(name: str, users: Users) -> Steps[str]:
    while len(name) < 6 and (yield from async_call(users.get, name)):
        name += yield from async_call(users.get, "x")
    return name


@async_do
def f_comprehension(name: str, users: Users) -> Steps[list[str]]:
    return (yield from async_gather([async_call(users.get, each) for each in (name, "b") if each], concurrency=1))


@async_do
def f_gathered(name: str, users: Users) -> Steps[str]:
    a, b = yield from async_zip(async_call(users.get, name), async_call(users.get, "b"))
    return a + b


@async_do
def f_gathered_alone(name: str, users: Users) -> Steps[list[str]]:
    return list((yield from async_gather([async_call(users.get, name)])))


@async_do
def f_gathered_from_many(name: str, users: Users) -> Steps[list[str]]:
    found = yield from async_gather([async_call(partial(users.get, each, upper=True)) for each in [name, "b", "c"]])
    return found


@async_do
def f_results_from_many(name: str, users: Users) -> Steps[list[str]]:
    found = []
    for each in [name, "b"]:
        found += yield from async_gather([*[async_call(users.get, other) for other in [each, "c"]], async_call(users.get, each)])
    return found


@async_do
def f_blocking_from_many(name: str, users: Users) -> Steps[list[str]]:
    return list((yield from async_gather([async_call(asyncio.to_thread, users.blocking, each) for each in [name, "b"]])))


@async_do
def f_a_manager_beside_another(name: str, users: Users) -> Steps[str]:
    manager = yield from async_call(users.get, name)
    manager2 = users.session()
    session = yield from async_call(manager2.__aenter__)
    raised = False
    try:
        yield from async_call(users.save, session + manager)
    except BaseException:
        raised = True
        yield from async_call(manager2.__aexit__, *sys.exc_info())
        raise
    finally:
        if not raised:
            yield from async_call(manager2.__aexit__, None, None, None)
    manager3 = users.session()
    yield from async_call(manager3.__aenter__)
    raised2 = False
    try:
        pass
    except BaseException:
        raised2 = True
        yield from async_call(manager3.__aexit__, *sys.exc_info())
        raise
    finally:
        if not raised2:
            yield from async_call(manager3.__aexit__, None, None, None)
    return manager


@async_do
def f_caught(name: str, users: Users) -> Steps[str]:
    try:
        return (yield from async_call(users.get, "broken"))
    except ConnectionError as error:
        yield from async_call(users.save, str(error))
        return "guest"
    finally:
        yield from async_call(users.save, "over")


@async_do
def f_not_caught(name: str, users: Users) -> Steps[str]:
    try:
        return (yield from async_call(users.get, "broken"))
    except KeyError:
        return "guest"
    finally:
        yield from async_call(users.save, "over")


@async_do
def f_managed(name: str, users: Users) -> Steps[str]:
    # why
    manager = users.session()
    session = yield from async_call(manager.__aenter__)
    raised = False
    try:
        yield from async_call(users.save, session)
        return (yield from async_call(users.get, name))
    except BaseException:
        raised = True
        yield from async_call(manager.__aexit__, *sys.exc_info())
        raise
    finally:
        if not raised:
            yield from async_call(manager.__aexit__, None, None, None)


@async_do
def f_managed_and_broken(name: str, users: Users) -> Steps[str]:
    manager = users.session()
    yield from async_call(manager.__aenter__)
    raised = False
    try:
        return (yield from async_call(users.get, "broken"))
    except BaseException:
        raised = True
        yield from async_call(manager.__aexit__, *sys.exc_info())
        raise
    finally:
        if not raised:
            yield from async_call(manager.__aexit__, None, None, None)


@async_do
def f_managed_while_another_error_is_handled(name: str, users: Users) -> Steps[str]:
    raised = name
    try:
        return (yield from async_call(users.get, "broken"))
    except ConnectionError:
        manager = users.session()
        yield from async_call(manager.__aenter__)
        raised2 = False
        try:
            yield from async_call(users.save, raised)
        except BaseException:
            raised2 = True
            yield from async_call(manager.__aexit__, *sys.exc_info())
            raise
        finally:
            if not raised2:
                yield from async_call(manager.__aexit__, None, None, None)
        return name


@async_do
def f_managed_in_a_loop(name: str, users: Users) -> Steps[str]:
    for each in (name, "b"):
        manager = users.session()
        yield from async_call(manager.__aenter__)
        raised = False
        try:
            if each == name:
                continue
            break
        except BaseException:
            raised = True
            yield from async_call(manager.__aexit__, *sys.exc_info())
            raise
        finally:
            if not raised:
                yield from async_call(manager.__aexit__, None, None, None)
    return name


@async_do
def f_nested_managers(name: str, users: Users) -> Steps[str]:
    manager2 = users.session()
    outer = yield from async_call(manager2.__aenter__)
    raised2 = False
    try:
        manager = users.session()
        inner = yield from async_call(manager.__aenter__)
        raised = False
        try:
            yield from async_call(users.save, outer + inner)
        except BaseException:
            raised = True
            yield from async_call(manager.__aexit__, *sys.exc_info())
            raise
        finally:
            if not raised:
                yield from async_call(manager.__aexit__, None, None, None)
    except BaseException:
        raised2 = True
        yield from async_call(manager2.__aexit__, *sys.exc_info())
        raise
    finally:
        if not raised2:
            yield from async_call(manager2.__aexit__, None, None, None)
    return name


@async_do
def f_results(name: str, users: Users) -> Steps[str]:
    if not name:
        return (yield from async_fail(ErrInfo("EMPTY", "no name")))
    if name == "ada":
        return name
    return (yield from async_lift(lambda: users.find(name)))


@async_do
def f_an_err_that_is_passed_on(name: str, users: Users) -> Steps[str]:
    found = yield from async_lift(lambda: users.find(name))
    yield from async_call(users.save, found)
    return found.title()


@async_do
def f_a_result_of_somebody_else(name: str, users: Users) -> Steps[str]:
    yield from async_call(users.save, name)
    outcome = Ok(name) if name else Err(ErrInfo("EMPTY", "no name"))
    return (yield from async_from_result(outcome))


@async_do
def f_in_time(name: str, users: Users) -> Steps[str]:
    return (yield from async_timeout(async_call(users.get, name), TimeoutPolicy(5)))


@async_do
def f_in_a_thread(name: str, users: Users) -> Steps[str]:
    return (yield from lift_blocking(lambda: Ok(users.blocking(name))))


@async_do
def f_another_s(name: str, users: Users) -> Steps[str]:
    yield from async_call(asyncio.sleep, 0)
    return name


@async_do
def f_nothing_given_back(name: str, users: Users) -> Steps[None]:
    '''Save it.'''
    yield from async_call(users.save, name)


@async_do
def f_a_coroutine_inside(name: str, users: Users) -> Steps[str]:
    async def inner() -> str:
        return await users.get(name)

    return (yield from async_call(inner))


@async_do
def f_itself(name: str, users: Users) -> Steps[str]:
    if len(name) > 5:
        return name
    return (yield from f_itself(name + (yield from async_call(users.get, "x")), users))


@async_do
def f_matched(name: str, users: Users) -> Steps[str]:
    match (yield from async_call(users.get, name)):
        case "ada":
            return (yield from async_call(users.get, "first"))
        case other:
            return other


@async_do
def f_on_one_line(name: str, users: Users) -> Steps[str]: return (yield from async_call(users.get, name))
