"""The ways in which an adversary spends time, and who does so for it."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable

TICK_S = 0.01


def on_the_cpu(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def on_the_cpu_in_slices(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        on_the_cpu(TICK_S / 2)
        time.sleep(TICK_S)


def select_of_nothing(seconds: float) -> None:
    select.select([], [], [], seconds)


def poll_of_a_pipe(seconds: float) -> None:
    r, w = os.pipe()
    poll = select.poll()
    poll.register(r, select.POLLIN)
    poll.poll(int(seconds * 1000))
    os.close(r)
    os.close(w)


def lock_in_time(seconds: float) -> None:
    lock = threading.Lock()
    with lock:
        lock.acquire(timeout=seconds)


def signal_in_time(seconds: float) -> None:
    signal.sigtimedwait({signal.SIGURG}, seconds)


def alarm(seconds: float) -> None:
    """An interval timer, whose signal is waited for."""
    if threading.current_thread() is not threading.main_thread():
        time.sleep(seconds)
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    signal.setitimer(signal.ITIMER_REAL, seconds)
    signal.sigwait({signal.SIGALRM})


def timer_descriptor(seconds: float) -> None:
    from readiness.adversary.kernel import timerfd  # noqa: PLC0415 - ctypes takes time

    fd = timerfd(seconds)
    os.read(fd, 8)
    os.close(fd)


def late_answer(seconds: float) -> None:
    """A server in a session of its own answers late."""
    connection = late_server(seconds)
    connection.recv(1)
    connection.close()


def started_program(seconds: float) -> None:
    """By vfork, as the C library starts programs."""
    null = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
    pid = os.posix_spawn("/bin/sleep", ["sleep", str(seconds)], os.environ, file_actions=null)
    os.waitpid(pid, 0)


def pipeline(seconds: float) -> None:
    """A grandchild that nobody waits for holds the other end of a pipe."""
    r, w = os.pipe()
    in_an_orphan(lambda: time.sleep(seconds))
    os.close(w)
    os.read(r, 1)
    os.close(r)


def file_lock(seconds: float) -> None:
    with tempfile.TemporaryFile() as file:
        held, holds = os.pipe()
        name = f"/proc/{os.getpid()}/fd/{file.fileno()}"

        def hold() -> None:
            with open(name, "rb") as own:
                fcntl.flock(own, fcntl.LOCK_EX)
                os.write(holds, b"x")
                time.sleep(seconds)

        in_a_child(hold)
        os.read(held, 1)
        os.close(held)
        os.close(holds)
        fcntl.flock(file, fcntl.LOCK_EX)


def watched_file(seconds: float) -> None:
    from readiness.adversary.kernel import inotify  # noqa: PLC0415

    with tempfile.NamedTemporaryFile() as file:
        watch = inotify(file.name)

        def write() -> None:
            time.sleep(seconds)
            with open(file.name, "wb"):
                pass

        in_an_orphan_session(write)
        os.read(watch, 4096)
        os.close(watch)


def message(seconds: float) -> None:
    from readiness.adversary import kernel  # noqa: PLC0415

    name = f"/bgterm-adversary-{os.getpid()}-{threading.get_native_id()}"
    queue = kernel.message_queue(name)
    kernel.unlink(name)

    def answer() -> None:
        time.sleep(seconds)
        kernel.send(queue)

    in_a_session(answer)
    kernel.receive(queue)
    os.close(queue)


SPENT: dict[str, Callable[[float], None]] = {
    "cpu": on_the_cpu,
    "cpu-in-slices": on_the_cpu_in_slices,
    "sleep": time.sleep,
    "select-of-nothing": select_of_nothing,
    "poll-of-a-pipe": poll_of_a_pipe,
    "lock-in-time": lock_in_time,
    "signal-in-time": signal_in_time,
    "alarm": alarm,
    "timer-descriptor": timer_descriptor,
    "late-answer": late_answer,
    "started-program": started_program,
    "pipeline": pipeline,
    "file-lock": file_lock,
    "watched-file": watched_file,
    "message": message,
}


def late_server(seconds: float) -> socket.socket:
    """A connection to a server in a session of its own, which answers after so many seconds."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        time.sleep(seconds)
        connection.send(b"x")

    in_an_orphan_session(serve)
    connection = socket.create_connection(listener.getsockname())
    listener.close()
    return connection


def in_a_thread(work: Callable[[], object]) -> None:
    threading.Thread(target=work).start()


def in_a_child(work: Callable[[], object]) -> None:
    _fork(work)


def in_a_group(work: Callable[[], object]) -> None:
    _fork(work, os.setpgrp)


def in_a_session(work: Callable[[], object]) -> None:
    _fork(work, os.setsid)


def in_an_orphan(work: Callable[[], object]) -> None:
    os.waitpid(_fork(lambda: _fork(work)), 0)


def in_an_orphan_group(work: Callable[[], object]) -> None:
    os.waitpid(_fork(lambda: _fork(work, os.setpgrp)), 0)


def in_an_orphan_session(work: Callable[[], object]) -> None:
    os.waitpid(_fork(lambda: _fork(work, os.setsid)), 0)


def _fork(work: Callable[[], object], first: Callable[[], object] | None = None) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        if first is not None:
            first()
        work()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - it is told
        complain()
    finally:
        os._exit(1)


def complain() -> None:
    """Say what went wrong in the adversary itself."""
    import traceback  # noqa: PLC0415 - it takes time

    with open(f"{os.environ['ADVERSARY']}/error", "w", encoding="utf-8") as file:
        traceback.print_exc(file=file)


CARRIERS: dict[str, Callable[[Callable[[], object]], None]] = {
    "thread": in_a_thread,
    "child": in_a_child,
    "child-group": in_a_group,
    "child-session": in_a_session,
    "orphan": in_an_orphan,
    "orphan-group": in_an_orphan_group,
    "orphan-session": in_an_orphan_session,
}
