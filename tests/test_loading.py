"""What is loaded at first use is loaded without a lock, and out of the reach of Ctrl-C."""

from __future__ import annotations

import threading

import pytest

from bgterm.loading import load
from faults.hosts import outcome

EVERY_VERB_ONCE = """
    import sys
    import bgterm
    from bgterm.engine.terminals import open_terminals

    class Spy:
        # Asked for every module that is not there yet. A lock that cannot be had is held by who waits for the module.
        def find_spec(self, name, path=None, target=None):
            for terminal in open_terminals():
                if terminal.lock.acquire(timeout=2):
                    terminal.lock.release()
                else:
                    print(name, "was imported with a lock held")

    sys.meta_path.insert(0, Spy())
    session = bgterm.Session.start(["bash", "--norc"], shell_integration=True)
    {verb}
    session.close()
"""


@pytest.mark.program("bash")
@pytest.mark.parametrize(
    "verb",
    [
        "session.poll(5000)",
        "session.poll(20, until='never')",
        "session.poll(5000, until=bgterm.READY)",
        "session.status()",
        "session.run('echo hi; cd /tmp').directory",
        "session.run('for i in 1 2; do echo $i; done\\necho more')",
        "session.send_keys('Up', 'C-c', 'text')",
        "session.screen()",
        "session.wait_screen('$', 5000)",
        "session.search('x')",
        "bgterm.wait_any([session.sid], 5000, until=bgterm.READY)",
        "session.resize(30, 100)",
        "session.info()",
        "session.interrupt()",
        "session.poll(5000).plain",
    ],
)
def test_nothing_is_imported_with_a_terminals_lock_held(verb: str) -> None:
    assert outcome(EVERY_VERB_ONCE.format(verb=verb)) == ""


CTRL_C_IN_AN_IMPORT = """
    import sys
    import bgterm

    def interrupting(frame, event, argument):
        # The place where importlib has just taken the lock of a module and has not noted that yet.
        if event == "c_return" and argument.__name__ == "acquire_lock" and threading.current_thread() is main:
            while frame is not None and "bgterm" not in frame.f_code.co_filename:
                frame = frame.f_back
            if frame is not None:
                sys.setprofile(None)
                raise KeyboardInterrupt

    import threading
    main = threading.main_thread()
    session = bgterm.Session.start(["cat"])
    sys.setprofile(interrupting)
    try:
        session.poll(30, until="nothing")
        session.status()
        session.send_keys("x")
    finally:
        sys.setprofile(None)
    print("never inside an import")
    session.close()
"""


def test_the_main_thread_is_never_inside_an_import_of_ours_when_ctrl_c_comes() -> None:
    assert outcome(CTRL_C_IN_AN_IMPORT) == "never inside an import"


def test_a_module_that_cannot_be_loaded_is_an_error_each_time() -> None:
    for _ in range(2):
        with pytest.raises(ModuleNotFoundError, match="no_such_module_of_anybody"):
            load("no_such_module_of_anybody")


def test_another_thread_loads_by_itself() -> None:
    threads = threading.active_count()
    seen: list[int] = []

    def work() -> None:
        load("bgterm.views.head_tail")
        seen.append(threading.active_count())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)
    assert seen == [threads + 1]
