"""What happens to the host: it is killed, it ends, forks, is stopped. Nothing hangs and nothing is left."""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Iterator

import pytest

from faults.counts import record, times
from faults.hosts import host, outcome
from faults.processes import alive, bearing, terminals
from waiting import eventually


@pytest.fixture
def tag() -> Iterator[str]:
    variable = f"TEST_TAG={uuid.uuid4().hex}"
    yield variable
    for pid in bearing(variable):
        os.kill(pid, signal.SIGKILL)


TAGGED = """
    import os, signal, sys, threading, time
    import bgterm

    name, value = {tag!r}.split("=")
    environment = {{**os.environ, name: value}}
"""


def test_a_host_that_is_killed_leaves_no_program_and_no_terminal(tag: str) -> None:
    sessions = times(100)
    code = (
        TAGGED.format(tag=tag)
        + f"""
    commands = ["cat", "bash --norc -i", "sleep 1000", "yes", "sleep 1000 | cat"]
    for number in range({sessions}):
        sid = bgterm.start_session(commands[number % len(commands)], env=environment)
        bgterm.write_stdin(sid, "x")
    print("up", flush=True)
    while True:
        for sid in bgterm.list_sessions():
            bgterm.poll(sid, 1)
    """
    )
    with host(code) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        with_them = terminals()
        process.kill()
        process.wait()
        assert eventually(lambda: not bearing(tag), 20)
        assert eventually(lambda: terminals() <= with_them - sessions + 20, 20)  # other tests have some, too
    record("SIGKILL of a host", sessions, len(bearing(tag)), "sessions' programs left")


ENDS = {
    "by falling off its end": "",
    "by sys.exit": "sys.exit(0)",
    "by an exception": "sys.stderr = None; raise RuntimeError",
    "by SIGTERM and a handler that exits": (
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)"
    ),
    "while a daemon thread waits on a session": (
        "threading.Thread(target=lambda: bgterm.poll(sids[0], None, until='never'), daemon=True).start()"
    ),
    "while another thread's session lives": (
        "thread = threading.Thread(target=lambda: bgterm.start_session(STUBBORN, env=environment));"
        "thread.start(); thread.join()"
    ),
    "from a thread": "threading.Thread(target=lambda: (time.sleep(0.01), sys.exit(0))).start()",
    "with a session that is being started": (
        "threading.Thread(target=lambda: [bgterm.start_session('cat', env=environment) for _ in range(50)], "
        "daemon=True).start()"
    ),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_host_that_ends_leaves_nothing_behind(tag: str, end: str) -> None:
    code = (
        TAGGED.format(tag=tag)
        + f"""
    STUBBORN = "trap '' HUP TERM; setsid sleep 1000 & while :; do sleep 1000; done"
    sids = [bgterm.start_session(STUBBORN, env=environment) for _ in range(3)]
    from faults.processes import bearing
    from waiting import eventually
    assert eventually(lambda: len(bearing({tag!r})) >= 9, 20)
    {end}
    """
    )
    with host(code) as process:
        process.communicate(timeout=40)
    assert eventually(lambda: not bearing(tag), 10)


def test_a_forked_child_has_no_sessions_and_spares_its_parents(tag: str) -> None:
    assert outcome(
        TAGGED.format(tag=tag)
        + """
    with bgterm.Session.start("cat", env=environment) as session:
        pid = os.fork()
        if pid == 0:
            try:
                session.poll(1000)
            except bgterm.UnknownSessionError:
                pass
            else:
                os._exit(1)
            session.close()
            own = bgterm.start_session("echo hello")
            ok = own != session.sid and bgterm.list_sessions() == (own,)
            ok = ok and bgterm.poll(own, None, until="hello").match and bgterm.wait(own) == 0
            bgterm.close(own)
            sys.exit(0 if ok else 1)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        print(session.write_stdin("still here\\n", None, until="here").text)
    """
    ).split("\n")[:2] == ["0", "still here"]


def test_a_fork_while_other_threads_are_at_work_hangs_neither_parent_nor_child() -> None:
    forks = times(60)
    lost = int(
        outcome(
            f"""
    import os, signal, threading, bgterm

    bgterm.close(bgterm.start_session("true"))
    import bgterm.local.match  # a module that another thread was loading at a fork stays locked in the child (CPython)
    done = threading.Event()

    def work():
        while not done.is_set():
            with bgterm.Session.start("echo hello; cat") as session:
                assert session.poll(None, until="hello").match
                for _ in range(20):
                    assert session.write_stdin("x\\n", None, until="x").match

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    failed = 0
    for _ in range({forks}):
        pid = os.fork()
        if pid == 0:
            signal.alarm(20)
            with bgterm.Session.start("echo hello") as session:
                match = session.poll(None, until="hello").match
            os._exit(match is None)
        failed += os.waitpid(pid, 0)[1] != 0
    done.set()
    for thread in threads:
        thread.join()
    print(failed)
    """.replace("\n    ", "\n")
        )
    )
    record("os.fork while four threads use sessions", forks, lost, "children that hung or failed")


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing_children_have_sessions_of_their_own(method: str, tmp_path: os.PathLike[str]) -> None:
    path = os.path.join(tmp_path, "main.py")
    with open(path, "w", encoding="ascii") as file:
        file.write(
            "import multiprocessing, sys\n"
            "import bgterm\n"
            "def hello(number):\n"
            "    with bgterm.Session.start(f'echo hello {number}') as session:\n"
            "        return session.poll(None, until='hello [0-9]+').match[0]\n"
            "if __name__ == '__main__':\n"
            "    with bgterm.Session.start('cat'):\n"
            f"        with multiprocessing.get_context({method!r}).Pool(2) as pool:\n"
            "            print(sorted(pool.map(hello, range(4))))\n"
        )
    told = outcome(f"""
        import subprocess, sys
        environment = {{**__import__("os").environ, "PYTHONPATH": ":".join(sys.path[:2])}}
        subprocess.run([sys.executable, {path!r}], check=True, env=environment)
    """)
    assert told == "['hello 0', 'hello 1', 'hello 2', 'hello 3']"


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize("kind", ["Process", "Pool", "ProcessPoolExecutor"])
def test_multiprocessing_workers_leave_nothing_when_they_end(
    method: str, kind: str, tag: str, tmp_path: os.PathLike[str]
) -> None:
    """They end by os._exit, without atexit handlers: what ignores the hang-up went on."""
    ways = {
        "Process": "p = context.Process(target=start, args=(1,)); p.start(); p.join()",
        "Pool": "pool = context.Pool(2); pool.map(start, range(2)); pool.close(); pool.join()",
        "ProcessPoolExecutor": (
            "from concurrent.futures import ProcessPoolExecutor\n"
            "    with ProcessPoolExecutor(2, context) as pool: list(pool.map(start, range(2)))"
        ),
    }
    path = os.path.join(tmp_path, "main.py")
    with open(path, "w", encoding="ascii") as file:
        file.write(
            "import multiprocessing, os\n"
            "import bgterm\n"
            "def start(_):\n"
            "    sid = bgterm.start_session(\"trap '' HUP TERM; setsid sleep 1000 & echo up; wait\")\n"
            "    assert bgterm.poll(sid, None, until='up').match\n"
            "if __name__ == '__main__':\n"
            f"    context = multiprocessing.get_context({method!r})\n"
            f"    {ways[kind]}\n"
        )
    outcome(f"""
        import os, subprocess, sys
        name, value = {tag!r}.split("=")
        environment = {{**os.environ, name: value, "PYTHONPATH": ":".join(sys.path[:2])}}
        subprocess.run([sys.executable, {path!r}], check=True, env=environment)
    """)
    assert eventually(lambda: not bearing(tag), 20)


def test_a_host_that_is_stopped_and_continued_loses_nothing() -> None:
    stops = times(20)
    lines = 5000 * stops
    with host(f"""
    import bgterm
    from faults.streams import counted, counted_bytes, differing

    session = bgterm.Session.start(counted({lines}), overflow="block", max_buffer_bytes=20_000)
    print(flush=True)
    data = b""
    while True:
        page = session.poll(50)
        data += page.data
        if not page.running and not page.remaining_bytes:
            break
        if len(data) < {stops} * 20_000 and len(data) % 20_000 < page.bytes_returned:
            print(flush=True)
    print(differing(counted_bytes({lines}), data), flush=True)
    """) as process:
        assert process.stdout is not None
        for _ in range(stops):
            assert process.stdout.readline() == "\n"
            process.send_signal(signal.SIGSTOP)
            assert eventually(lambda: state(process.pid) == "T")
            process.send_signal(signal.SIGCONT)
        lost = int(process.stdout.read().split()[-1])
    record("SIGSTOP and SIGCONT of a host", stops, lost, "bytes")


def test_a_wait_that_was_stopped_beyond_its_time_ends() -> None:
    with host("""
    import bgterm
    sid = bgterm.start_session("cat")
    print(flush=True)
    print(bgterm.poll(sid, 200).reason, flush=True)
    """) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGSTOP)
        assert eventually(lambda: state(process.pid) == "T")
        assert not eventually(lambda: process.poll() is not None, 0.5)  # its time passes while it is stopped
        process.send_signal(signal.SIGCONT)
        assert process.stdout.readline() == "timeout\n"


def state(pid: int) -> str:
    with open(f"/proc/{pid}/stat", "rb") as file:
        return file.read().rpartition(b")")[2].split()[0].decode()


def test_a_host_that_execs_leaves_no_program(tag: str) -> None:
    with host(
        TAGGED.format(tag=tag)
        + f"""
    bgterm.start_session("cat", env=environment)
    bgterm.start_session("sleep 1000", env=environment)
    from faults.processes import bearing
    from waiting import eventually
    print(eventually(lambda: len(bearing({tag!r})) >= 2, 20), flush=True)
    os.execv("/bin/sleep", ["sleep", "1000"])
    """
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        assert eventually(lambda: not bearing(tag), 20)
        assert alive(process.pid)
