"""How programs are asked to end before they are made to."""

from __future__ import annotations

import signal
import sys

from bgterm import SessionManager

LONG_MS = 20_000


def test_a_program_that_takes_its_signals_when_it_likes_has_the_time_to(manager: SessionManager) -> None:
    # Blocked is not ignored: the program looks after them itself (signalfd(2)), or will soon.
    program = """
import signal, sys, time
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGHUP})
print("up", flush=True)
while not (pending := signal.sigpending()):
    time.sleep(0.01)
sys.exit(int(min(pending)))
"""
    sid = manager.start_session([sys.executable, "-c", program])
    assert manager.poll(sid, LONG_MS, until="up").reason == "match"
    assert manager.close(sid, kill_after_ms=LONG_MS) == signal.SIGTERM


def test_what_ended_by_itself_does_not_cut_short_the_time_of_the_others(manager: SessionManager) -> None:
    # The shell's short-lived children come and go between two looks at what there is.
    script = "trap '' TERM; trap 'echo asked; exit 5' HUP; echo up; while :; do sleep 0.001; done"
    for _ in range(20):
        sid = manager.start_session(script)
        assert manager.poll(sid, LONG_MS, until="up").reason == "match"
        assert manager.close(sid, kill_after_ms=LONG_MS) == 5


def test_what_ignores_both_signals_has_its_time_to_finish_what_it_is_at(manager: SessionManager) -> None:
    """It was killed at once, in the middle of its work."""
    sid = manager.start_session("trap '' TERM HUP; echo up; read line; sleep 0.3; exit 4")
    manager.poll(sid, LONG_MS, until="up\r\n")
    manager.write_stdin(sid, "go\n")
    assert manager.close(sid, kill_after_ms=LONG_MS) == 4


def test_what_ignores_both_signals_is_killed_when_its_time_is_up(manager: SessionManager) -> None:
    sid = manager.start_session("trap '' TERM HUP; echo up; while :; do sleep 1000; done")
    manager.poll(sid, LONG_MS, until="up\r\n")
    assert manager.close(sid, kill_after_ms=50) == -signal.SIGKILL
