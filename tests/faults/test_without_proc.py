"""Hosts that see no /proc (a chroot, a small container), or not all of it: programs start, and end when closed."""

from __future__ import annotations

import subprocess

import pytest

from faults.hosts import python

NO_PROC = "umount -l /proc"
HIDDEN = "mount -t proc -o hidepid=2 proc /proc"


def told_by_a_host(mounts: str, code: str) -> str:
    """What a host prints that runs `code` among mounts of its own."""
    namespace = ["unshare", "--mount", "--propagation", "private", "sh", "-c"]
    if subprocess.run([*namespace, mounts], check=False, capture_output=True, timeout=20).returncode:
        pytest.skip("mounts cannot be changed here: it takes root and unshare(1)")
    command = [*namespace, f'{mounts} && exec "$@"', "sh", *python(code)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout.strip()


CLOSED = """
    import os, time
    import bgterm
    from waiting import eventually

    def gone(pid):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return False

    sid = bgterm.start_session({command!r})
    pids = bgterm.poll(sid, 20_000, until=r"up((?: \\d+)*)\\r\\n").match[1].split()
    pids = [bgterm.info(sid).pid, *map(int, pids)]
    code = bgterm.close(sid, kill_after_ms={grace_ms})
    print(code, all(eventually(lambda: gone(pid)) for pid in pids))
"""

PROGRAMS = {
    "a program": ("echo up; exec cat", "-15"),
    "a program that ignores HUP": ("trap '' HUP; echo up; while :; do sleep 1; done", "-15"),
    "a program that ignores HUP and TERM": ("trap '' HUP TERM; echo up; while :; do sleep 1; done", "-9"),
    "a program with time to say farewell": ("trap 'exit 7' TERM; echo up; while :; do sleep 0.01; done", "7"),
    "a program and what it started": ("trap '' HUP; sleep 1000 & echo up $!; wait", "-15"),
    "a job in the foreground": (
        "exec bash --norc -ic \"trap '' HUP; set -m; sh -c 'echo up \\$\\$; exec sleep 1000'; read line\"",
        "-9",
    ),
}


@pytest.mark.program("bash")
@pytest.mark.parametrize("kind", PROGRAMS)
def test_close_ends_without_proc(kind: str) -> None:
    """It found no process to signal, not even the one whose end it was waiting for."""
    command, code = PROGRAMS[kind]
    grace_ms = 200 if code == "-9" else 20_000
    assert told_by_a_host(NO_PROC, CLOSED.format(command=command, grace_ms=grace_ms)) == f"{code} True"


def test_a_start_that_fails_or_is_interrupted_leaves_nothing_without_proc() -> None:
    told = told_by_a_host(
        NO_PROC,
        """
    import os
    import bgterm
    from faults.interruptions import Interrupter, InterruptionError

    try:
        bgterm.start_session(["no-such-command"])
    except FileNotFoundError:
        pass
    bgterm.Session.start("true").close()
    free = os.dup(0)
    os.close(free)
    interrupter = Interrupter()
    interrupted = 0
    while interrupter.interruptions == interrupted:
        interrupted += 1
        try:
            bgterm.close(interrupter.call(lambda: bgterm.start_session("trap '' HUP TERM; exec cat")), kill_after_ms=0)
        except InterruptionError:
            pass
        try:
            print("left", interrupted, os.waitpid(-1, 0))
        except ChildProcessError:
            pass
    os.close(same := os.dup(0))
    print(interrupted > 100, bgterm.list_sessions(), same == free)
    """,
    )
    assert told == "True () True"


def test_close_ends_a_program_that_proc_hides() -> None:
    """With hidepid=2 a host sees no process that it could not trace, such as one whose file it may not read."""
    told = told_by_a_host(
        HIDDEN,
        """
    import os, shutil, tempfile
    import bgterm
    from bgterm.engine.processes import process
    from waiting import eventually

    folder = tempfile.mkdtemp()
    shutil.copy("/bin/sleep", folder)
    os.chmod(folder, 0o711)
    os.chmod(folder + "/sleep", 0o711)
    bgterm.Session.start("true").close()
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
    session = bgterm.Session.start(f"trap '' HUP; echo up; exec {folder}/sleep 1000")
    assert session.poll(20_000, until="up").match
    pid = session.info().pid
    hidden = eventually(lambda: process(pid) is None)
    print(hidden, session.close())
    """,
    )
    assert told == "True -15"
