"""A host that has no descriptor, terminal or process left: a clear error, and nothing half made."""

from __future__ import annotations

import pytest

from faults.counts import record, times
from faults.hosts import outcome

SPENT = """
    import errno, os, resource
    import bgterm
    from belongings import Belongings

    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

    def spend(left):
        "Use up all descriptors but so many."
        spent = []
        try:
            while True:
                spent.append(os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC))
        except OSError:
            for fd in spent[len(spent) - left:]:
                os.close(fd)
            return spent[:len(spent) - left]

    def give_back(spent):
        for fd in spent:
            os.close(fd)
"""


@pytest.mark.parametrize("first", [True, False], ids=["the first session of a process", "a later session"])
def test_a_start_without_descriptors_leaves_nothing_whichever_of_them_is_missing(*, first: bool) -> None:
    warm = "" if first else 'sid = bgterm.start_session("true"); bgterm.wait(sid); bgterm.close(sid)'
    told = outcome(f"""{SPENT}
    {warm}
    failures = 0
    for left in range(20):
        before = Belongings.now()
        spent = spend(left)
        try:
            sid = bgterm.start_session("true")
            failed = None
        except OSError as error:
            failed = error.errno
        give_back(spent)
        if failed is None:
            bgterm.wait(sid)
            bgterm.close(sid)
        else:
            assert failed == errno.EMFILE
            failures += 1
        after = Belongings.now()
        kept = {"eventfd", "eventpoll", "bgterm-io"} if {first} else set()  # the I/O thread's, which stay
        left_behind = [name for name in after.beyond(before) if not any(word in name for word in kept)]
        assert not left_behind, (left, failed, left_behind)
    print(failures)
    """)
    assert 2 < int(told) < 15
    record(f"EMFILE at each step of a start ({'first' if first else 'later'})", int(told))


def test_close_without_descriptors_still_ends_the_program_and_all_it_started() -> None:
    rounds = times(3)
    told = outcome(f"""{SPENT}
    from faults.processes import alive, bearing
    from waiting import eventually

    left = 0
    for _ in range({rounds}):
        stubborn = "trap '' HUP TERM; setsid sleep 1000 & echo up; wait"
        sid = bgterm.start_session(stubborn, env={{**os.environ, "T": "1"}})
        bgterm.poll(sid, None, until="up\\r\\n")
        pid = bgterm.info(sid).pid
        assert eventually(lambda: len(bearing("T=1")) == 2)
        spent = spend(0)
        bgterm.close(sid, kill_after_ms=0)
        give_back(spent)
        left += not eventually(lambda: not bearing("T=1"))
    print(left)
    """)
    record("EMFILE at a close", rounds, int(told), "trees left")


def test_a_wait_without_descriptors_is_told_and_loses_nothing() -> None:
    assert outcome(f"""{SPENT}
    import threading

    sid = bgterm.start_session("echo hello; cat")
    bgterm.poll(sid, None, 0)
    spent = spend(0)
    told = []

    def poll():
        try:
            bgterm.poll(sid, 1000, until="hello")
        except OSError as error:
            told.append(error.errno == errno.EMFILE)

    thread = threading.Thread(target=poll)
    thread.start()
    thread.join()
    give_back(spent)
    print(told, repr(bgterm.poll(sid, None, until="hello\\r\\n").text))
    bgterm.close(sid)
    """) in {"[True] 'hello\\r\\n'", "[] ''"}


def test_closing_more_sessions_than_there_are_descriptors_left_works() -> None:
    assert (
        outcome(f"""{SPENT}
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    for _ in range(14):
        bgterm.start_session("setsid sleep 1000 & setsid sleep 1000 & setsid sleep 1000 & sleep 1000",
                             env={{**os.environ, "T": "2"}})
    from faults.processes import bearing
    from waiting import eventually
    assert eventually(lambda: len(bearing("T=2")) >= 14 * 4, 30), len(bearing("T=2"))
    bgterm.close_all()
    print(eventually(lambda: not bearing("T=2")), bgterm.list_sessions())
    """)
        == "True ()"
    )


def test_no_terminal_left_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    told = outcome("""
        import bgterm, errno, os
        from bgterm.engine import pty

        def none_left(path, flags):  # as the kernel says it: using up those of the whole system would hurt others
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        opened = os.open
        os.open = lambda path, flags, *rest, **kinds: (
            none_left(path, flags) if path == "/dev/ptmx" else opened(path, flags, *rest, **kinds))
        try:
            bgterm.start_session("true")
        except OSError as error:
            print(error.errno == errno.ENOSPC, "pseudo-terminal" in str(error), bgterm.list_sessions())
    """)
    assert told == "True True ()"


@pytest.mark.parametrize("resource", ["RLIMIT_NPROC"])
def test_no_process_left_is_a_clear_error_and_leaves_nothing(resource: str) -> None:
    told = outcome(f"""
        import os, resource, sys
        import bgterm
        from belongings import Belongings
        sid = bgterm.start_session("true"); bgterm.wait(sid); bgterm.close(sid)
        before = Belongings.now()
        if os.getuid() == 0:
            os.setgroups([]); os.setgid(65534); os.setuid(65534)  # the limit does not hold for root
        resource.setrlimit(resource.{resource}, (1, 1))
        try:
            bgterm.start_session("true")
        except OSError as error:
            print(type(error).__name__, Belongings.now().beyond(before), bgterm.list_sessions())
    """)
    assert told in {"BlockingIOError [] ()", "PermissionError [] ()"}
