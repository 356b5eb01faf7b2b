"""Ctrl-C at each place of a start: it leaves nothing, whatever it had made by then, and the next start works."""

from __future__ import annotations

import errno
import os
import threading
from functools import partial

import pytest

from belongings import Belongings
from bgterm.engine.child import Child
from bgterm.errors import SessionLimitError
from bgterm.manager import SessionManager
from faults.counts import record, times
from faults.hosts import outcome
from faults.interruptions import Interrupter, InterruptionError
from faults.processes import bearing
from waiting import eventually

STARTS: dict[str, dict[str, object]] = {
    "a program": {"cmd": ["cat"]},
    "a program with a name": {"cmd": ["cat"], "name": "kitten"},
    "a program that has exited at once": {"cmd": ["true"]},
    "a command line in another directory": {"cmd": "setsid sleep 1000 & cat", "cwd": "/"},
    "a shell with integration": {"cmd": ["bash", "--norc"], "shell_integration": True},
    "a program whose output waits for its reader": {"cmd": ["yes"], "overflow": "block"},
}
FAILING: dict[str, dict[str, object]] = {
    "no such command": {"cmd": ["no-such-command"], "name": "nobody"},
    "no such directory": {"cmd": ["cat"], "cwd": "/no/such"},
    "a name that is taken": {"cmd": ["cat"], "name": "first"},
}


def nothing_beyond(before: Belongings) -> bool:
    return not Belongings.now().beyond(before)


def interrupted_everywhere(manager: SessionManager, options: dict[str, object]) -> int:
    """Start so, interrupted at the first place, the second, and so on to the last; return how many there were."""
    interrupter = Interrupter()
    before = Belongings.now()
    listed = manager.list_sessions()
    interrupted = 0
    while interrupter.interruptions == interrupted:
        interrupted += 1
        sid = None
        try:
            sid = interrupter.call(partial(manager.start_session, **options))  # type: ignore[arg-type]
        except InterruptionError:
            pass
        except (OSError, ValueError):
            assert interrupter.interruptions < interrupted or "name" in options or "cwd" in options
        if sid is not None:
            manager.close(sid, kill_after_ms=0)
        assert manager.list_sessions() == listed, interrupted
        assert not manager._starting
        assert eventually(partial(nothing_beyond, before)), (interrupted, Belongings.now().beyond(before))
    return interrupter.interruptions


@pytest.mark.parametrize("kind", STARTS)
def test_an_interrupted_start_leaves_nothing(manager: SessionManager, kind: str) -> None:
    """A third of the places left a program, a zombie, a terminal or a name."""
    places = interrupted_everywhere(manager, STARTS[kind])
    assert places > 100
    record(f"Ctrl-C at each place of a start: {kind}", places)


def test_an_interrupted_start_with_a_transcript_leaves_no_file(
    manager: SessionManager, tmp_path: os.PathLike[str]
) -> None:
    path = os.path.join(tmp_path, "transcript")
    manager.close(manager.start_session(["cat"], transcript=path))
    interrupter = Interrupter()
    before = Belongings.now()
    interrupted = 0
    while interrupter.interruptions == interrupted:
        interrupted += 1
        for name in os.listdir(tmp_path):
            os.unlink(os.path.join(tmp_path, name))
        try:
            sid = interrupter.call(partial(manager.start_session, ["cat"], transcript=path))
        except InterruptionError:
            assert os.listdir(tmp_path) == [], interrupted
        else:
            manager.close(sid, kill_after_ms=0)
        assert manager.list_sessions() == ()
        assert eventually(partial(nothing_beyond, before)), (interrupted, Belongings.now().beyond(before))
    record("Ctrl-C at each place of a start: a program with a transcript", interrupter.interruptions)


@pytest.mark.parametrize("kind", FAILING)
def test_a_start_that_is_interrupted_while_it_fails_leaves_nothing(manager: SessionManager, kind: str) -> None:
    manager.start_session(["cat"], name="first")
    places = interrupted_everywhere(manager, FAILING[kind])
    assert places > 20
    record(f"Ctrl-C at each place of a start that fails: {kind}", places)


def test_interrupted_starts_count_for_no_limit_and_take_no_name() -> None:
    with SessionManager(max_sessions=1) as small:
        interrupted_everywhere(small, {"cmd": ["cat"], "name": "kitten"})
        small.start_session(["cat"], name="kitten")
        with pytest.raises(SessionLimitError):
            small.start_session(["cat"])


@pytest.mark.parametrize("first", range(6))
def test_the_first_start_of_a_process_may_be_interrupted_anywhere(first: int) -> None:
    """It makes the I/O thread and loads modules. Each place is tried in a process of its own."""
    told = outcome(
        f"""
    import os, sys, threading
    import bgterm
    from belongings import Belongings
    from faults.interruptions import Interrupter, InterruptionError
    from waiting import eventually

    def leaves(before):
        ours = {{"eventfd", "eventpoll", "bgterm-io"}}  # the I/O thread's, which may stay
        return [name for name in Belongings.now().beyond(before) if not any(word in name for word in ours)]

    def first_start(place):
        "0: interrupted, and all is well. 1: it came to its end before. 2: something is wrong."
        before = Belongings.now()
        interrupter = Interrupter()
        interrupter._moment = place
        code = 0
        try:
            bgterm.close(interrupter.call(lambda: bgterm.start_session(["cat"])), kill_after_ms=0)
            code = 1
        except InterruptionError:
            pass
        if not eventually(lambda: not leaves(before)):
            print(place, "left", leaves(before), flush=True)
            code = 2
        elif bgterm.list_sessions():
            print(place, "listed", flush=True)
            code = 2
        sid = bgterm.start_session("echo hello; exec cat")
        if not bgterm.poll(sid, 10_000, until="hello").match:
            print(place, "next start fails", flush=True)
            code = 2
        if not eventually(lambda: len(os.listdir("/proc/self/task")) == 2):
            print(place, "threads", threading.enumerate(), flush=True)
            code = 2
        sys.exit(code)

    place, places = {first - 5}, 0
    while True:
        place += 6
        pid = os.fork()
        if pid == 0:
            first_start(place)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if code:
            break
        places += 1
    print(places, code)
    """
    )
    places, code = map(int, told.splitlines()[-1].split())
    assert code == 1, told
    assert places > 20
    record(f"Ctrl-C at every sixth place of a process's first start, from {first}", places)


STORM = """
    import os, random, signal, sys
    import bgterm
    from belongings import Belongings
    from waiting import eventually

    name, value = {tag!r}.split("=")
    environment = {{**os.environ, name: value}}
    source = os.path.dirname(bgterm.__file__)
    assert bgterm.wait(bgterm.start_session("sleep 0.01")) == 0
    bgterm.close_all()
    before = Belongings.now()
    randomly = random.Random(3)
    interruptions = 0
    starting = False

    def handler(number, frame):
        # In bgterm and what it calls: what a host makes of an interruption between two calls is its own affair.
        global interruptions
        if not starting:
            return  # sent before the clock was stopped, and received by another thread until now
        if frame is not None and (
            frame.f_code.co_filename.endswith("_weakrefset.py") or frame.f_code.co_name == "__del__"
        ):
            return  # where Python calls back it can only print what is raised
        while frame is not None:
            if frame.f_code.co_filename.startswith(source):
                interruptions += 1
                raise KeyboardInterrupt
            frame = frame.f_back

    signal.signal(signal.SIGALRM, handler)
    for _ in range({rounds}):
        session = None
        starting = True
        try:
            signal.setitimer(signal.ITIMER_REAL, randomly.uniform(.0001, .002), {again})
            session = bgterm.Session.start(["cat"], env=environment)
        except KeyboardInterrupt:
            pass
        starting = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        bgterm.close_all(kill_after_ms=0)
    assert eventually(lambda: not Belongings.now().beyond(before)), Belongings.now().beyond(before)
    print(interruptions)
"""


@pytest.mark.parametrize("again", [0, 0.0005], ids=["once", "over and over"])
def test_starts_interrupted_by_signals_at_random_moments_leave_nothing(again: float) -> None:
    tag = f"TEST_TAG={os.urandom(8).hex()}"
    rounds = times(300)
    interruptions = int(outcome(STORM.format(tag=tag, rounds=rounds, again=again)))
    assert eventually(lambda: not bearing(tag))
    how = "over and over" if again else "once each"
    record(f"starts interrupted by signals at random moments, {how}", interruptions, len(bearing(tag)), "programs left")
    assert interruptions > rounds / 10


def test_a_start_that_fails_is_taken_back_by_its_own_thread_alone(
    manager: SessionManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, go_on = threading.Event(), threading.Event()
    watch, end = Child.watch, Child.end
    ended_by: list[str] = []

    def failing_watch(child: Child) -> None:
        watch(child)
        if threading.current_thread() is other:
            raise OSError(errno.EMFILE, "no descriptor is left")

    def slow_end(child: Child, seconds: float) -> None:
        ended_by.append(threading.current_thread().name)
        reached.set()
        go_on.wait(10)
        end(child, seconds)

    def fails() -> None:
        with pytest.raises(OSError, match="no descriptor is left"):
            manager.start_session("sleep 1000")

    other = threading.Thread(target=fails)
    monkeypatch.setattr(Child, "watch", failing_watch)
    monkeypatch.setattr(Child, "end", slow_end)
    other.start()
    assert reached.wait(10)
    sid = manager.start_session("cat")
    go_on.set()
    other.join(10)
    assert ended_by == [other.name]
    assert manager.list_sessions() == (sid,)
