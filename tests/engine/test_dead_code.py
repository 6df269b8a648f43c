"""Dead branches: their calls and values are left out of the bodies of functions."""

from __future__ import annotations

from isolint.summary.reading import compiled, decoded_bodies, decoded_body

SOURCE = """\
def late(x=None): return x
class Job:
    def start(self, call):
        if False:
            self.x = make(call)
            y = make(call)
            for z in make(y): z(call)
            with make(z) as w: w(call)
            def inner(): return make(call, y)
            make(make(call)).run(call)
        return call
if False:
    a = late()
    def f(q): return late(q)
    b = f(a)
if True: pass
else:
    k = late(late())
def use():
    return b(a), k.d(late(k))
"""


def test_calls_that_never_run_are_none() -> None:
    made = compiled(SOURCE.encode(), "app", bodies=True)
    bodies = {name: decoded_body(body) for name, body in decoded_bodies(made).items()}
    assert bodies["Job.start"].calls == ()
    assert [step.kind for step in bodies["Job.start"].moves[1]] == ["returned"]
    assert bodies[""].calls == ()
    assert [call.name for call in bodies["use"].calls] == ["b", "d", "late"]
