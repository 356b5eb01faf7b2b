"""A hard answer means that nothing but input brings output. Each program writes a file when its work is done."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from bgterm import READY
from bgterm.manager import SessionManager
from bgterm.readiness.linux import procfs
from bgterm.readiness.linux.activity import turns_of
from bgterm.readiness.linux.family import Family, Orphans
from bgterm.readiness.linux.procfs import children_of
from bgterm.readiness.linux.rest import Surroundings
from bgterm.readiness.linux.terminal import LinuxTerminal
from bgterm.readiness.observation import Finding
from bgterm.session import Session
from readiness.terminals import Start
from waiting import eventually

PYTHON = sys.executable
ENV = {**os.environ, "PS1": "$ ", "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}

HEAD = """
import os, select, signal, subprocess, sys, termios, threading, time
def ask(): print('R> ', end='', flush=True)
def done(): open('done', 'w').close(); print('done', flush=True); ask()
"""
AT_WORK = {
    "a timed select, and a thread works": """
ask(); sys.stdin.readline(); worker = threading.Thread(target=time.sleep, args=[1]); worker.start()
while worker.is_alive(): select.select([0], [], [], 0.1)
done(); sys.stdin.read()""",
    "a timed poll, and a child works": """
ask(); sys.stdin.readline(); child = subprocess.Popen(['sleep', '1']); poll = select.poll(); poll.register(0)
while child.poll() is None: poll.poll(100)
done(); sys.stdin.read()""",
    "reads that end by themselves (VTIME)": """
ask(); sys.stdin.readline(); old = termios.tcgetattr(0); mode = termios.tcgetattr(0)
mode[3] &= ~(termios.ICANON | termios.ECHO); mode[6][termios.VMIN] = 0; mode[6][termios.VTIME] = 2
termios.tcsetattr(0, termios.TCSANOW, mode)
for _ in range(5): os.read(0, 1)
termios.tcsetattr(0, termios.TCSANOW, old); done(); sys.stdin.read()""",
    "it reads on, and a thread of its own works": """
ask()
for line in sys.stdin: threading.Timer(1, done).start()""",
    "it reads on, and a child works": """
ask()
while sys.stdin.readline(): subprocess.Popen(['sh', '-c', 'sleep 1; : > done; echo done'], stdin=subprocess.DEVNULL)""",
    "it reads on, and a child in a session of its own works": """
ask()
while sys.stdin.readline(): subprocess.Popen(['sh', '-c', 'sleep 1; : > done; echo done'], start_new_session=True)""",
    "it reads on, and a grandchild works that has lost its parent": """
ask()
while sys.stdin.readline(): subprocess.run(['sh', '-c', '(sleep 1; : > done; echo done) < /dev/null &'])""",
    "a question shows, and a thread works": """
ask(); sys.stdin.readline(); r, w = os.pipe(); threading.Timer(1, os.write, [w, b'x']).start()
print('Go on? [y/N] ', end='', flush=True)
while r not in select.select([0, r], [], [])[0]: sys.stdin.readline()
done(); sys.stdin.read()""",
    "marks of a prompt show, and a child works": """
import tty; ask(); sys.stdin.readline(); tty.setcbreak(0); r, w = os.pipe(); child = subprocess.Popen(['sleep', '1'])
print('\x1b[?2004h> ', end='', flush=True); threading.Thread(target=lambda: (child.wait(), os.write(w, b'x'))).start()
while r not in select.select([0, r], [], [])[0]: sys.stdin.readline()
done(); sys.stdin.read()""",
    "a select with a pipe of its own, which a thread writes": """
r, w = os.pipe(); ask()
while True:
    for fd in select.select([0, r], [], [])[0]:
        if fd == r: os.read(r, 1); done()
        elif sys.stdin.readline(): threading.Timer(1, os.write, [w, b'x']).start()
        else: sys.exit()""",
    "an epoll with an eventfd, which a thread writes": """
event = os.eventfd(0); poll = select.epoll(); poll.register(0, 1); poll.register(event, 1); ask()
while True:
    for fd, _ in poll.poll():
        if fd == event: os.eventfd_read(event); done()
        elif sys.stdin.readline(): threading.Timer(1, os.eventfd_write, [event, 1]).start()
        else: sys.exit()""",
    "an alarm": """
signal.signal(signal.SIGALRM, lambda *_: done()); ask()
while sys.stdin.readline(): signal.setitimer(signal.ITIMER_REAL, 1)""",
    "a row that looks like its prompt": """
ask(); sys.stdin.readline(); old = sys.stdin
def listen(): select.select([0], [], [])
threading.Thread(target=listen, daemon=True).start()
print('>>', end='', flush=True); time.sleep(1); done(); select.select([0], [], [])""",
}


def assert_no_hard_answer_before_the_work_is_done(session: Session, folder: Path) -> None:
    """Some of these programs are never found ready: that is slow, but not wrong."""
    session.poll(10_000, until=r"R> $")
    session.write_stdin("go\n")
    found = session.poll(2_000, until=READY)
    assert (folder / "done").exists() or found.reason != "ready", found


@pytest.mark.parametrize("work", AT_WORK.values(), ids=AT_WORK)
def test_a_program_that_listens_while_it_works_is_not_taken_for_ready(
    manager: SessionManager, tmp_path: Path, work: str
) -> None:
    session = manager.open(manager.start_session([PYTHON, "-c", HEAD + work], tmp_path, ENV))
    assert_no_hard_answer_before_the_work_is_done(session, tmp_path)


SHELL_AT_WORK = {
    "a spinner that reads for a time": "printf 'R> '; read x; for i in 1 2 3 4 5; do read -t 0.2 -n 1 x; done; "
    ": > done; echo done; read x",
    "who reads hands on to who works": "printf 'R> '; cat | while read x; do sleep 1; : > done; echo done; done",
}


@pytest.mark.parametrize("work", SHELL_AT_WORK.values(), ids=SHELL_AT_WORK)
def test_a_script_that_listens_while_it_works_is_not_taken_for_ready(
    manager: SessionManager, tmp_path: Path, work: str
) -> None:
    session = manager.open(manager.start_session(["bash", "-c", work], tmp_path, ENV))
    assert_no_hard_answer_before_the_work_is_done(session, tmp_path)


NODE = """
const rl = require('readline').createInterface({input: process.stdin, output: process.stdout, prompt: 'R> '});
const done = () => { require('fs').writeFileSync('done', ''); console.log('done'); rl.prompt(); };
rl.prompt(); rl.on('line', WORK);
"""


@pytest.mark.program("node")
@pytest.mark.parametrize(
    "work",
    [
        "() => require('crypto').pbkdf2('', '', 2000000, 64, 'sha512', done)",
        "() => { process.stdout.write('...'); setTimeout(done, 1000); }",
        "() => { process.stdout.write('R> '); setTimeout(done, 1000); }",
    ],
    ids=["in a thread of node's", "it prints dots", "it prints what its prompt is"],
)
def test_a_node_program_is_ready_when_its_own_prompt_is_drawn(
    manager: SessionManager, tmp_path: Path, work: str
) -> None:
    argv = ["node", "-e", NODE.replace("WORK", work)]
    session = manager.open(manager.start_session(argv, tmp_path, ENV))
    assert session.poll(20_000, until=READY).reason == "ready"
    result = session.run("go", 20_000)
    assert (tmp_path / "done").exists()
    assert (result.timed_out, result.status.confidence, result.status.prompt) == (False, "prompt", "R> ")


@pytest.mark.program("node")
@pytest.mark.parametrize(
    "shell", [("bash", "--norc"), ("zsh", "-f"), ("fish", "--no-config")], ids=lambda argv: argv[0]
)
def test_a_question_of_a_node_program_is_found_under_a_shell_too(
    manager: SessionManager, tmp_path: Path, shell: tuple[str, ...]
) -> None:
    """The shell's word that a command runs was held against the command's own question."""
    (tmp_path / "ask.js").write_text(
        "const rl = require('readline').createInterface({input: process.stdin, output: process.stdout});"
        "rl.question('package name: (here) ', name => { console.log('got ' + name); rl.close(); });"
    )
    session = manager.open(manager.start_session(shell, tmp_path, ENV))
    asked = session.run("node ask.js", 30_000)
    assert (asked.status.prompt, asked.status.confidence) == ("package name: (here) ", "prompt")
    assert "got me" in session.run("me", 30_000).output


READS = {
    "an event loop": "import asyncio\nasync def main():\n"
    " loop = asyncio.get_running_loop(); got = loop.create_future()\n"
    " loop.add_reader(0, lambda: got.done() or got.set_result(0)); print('Name: ', end='', flush=True); await got\n"
    "asyncio.run(main())",
    "a thread that reads": "import sys, threading\n"
    "thread = threading.Thread(target=sys.stdin.readline); thread.start()\n"
    "print('Name: ', end='', flush=True); thread.join()",
}


@pytest.mark.parametrize("reads", READS.values(), ids=READS)
@pytest.mark.parametrize(
    "shell",
    [
        pytest.param(argv, marks=pytest.mark.program(argv[0]), id=argv[0])
        for argv in [("bash", "--norc"), ("zsh", "-f"), ("fish", "--no-config"), ("dash",)]
    ],
)
def test_quiet_finds_a_listening_program_under_a_shell(
    manager: SessionManager, tmp_path: Path, shell: tuple[str, ...], reads: str
) -> None:
    (tmp_path / "reads.py").write_text(reads)
    session = manager.open(manager.start_session(shell, tmp_path, ENV))
    session.poll(10_000, until=READY)
    session.write_stdin(f"{PYTHON} reads.py\n")
    session.poll(10_000, until=r"Name: $")
    found = session.poll(20_000, until=READY, min_confidence="quiet")
    # Where only a thread reads and all others rest, nothing but input can bring output.
    confidence = "certain" if "threading" in reads else "quiet"
    assert (found.reason, found.status and found.status.confidence) == ("ready", confidence)


ELSEWHERE = {
    "setsid": "setsid -w sh -c 'printf \"Name: \"; read x'",
    "su": "su nobody -s /bin/sh -c 'printf \"Name: \"; read x'",
    "runuser": "runuser -u nobody -- sh -c 'printf \"Name: \"; read x'",
}


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.program(name)) for name in ELSEWHERE])
def test_a_reader_of_another_session_is_found(manager: SessionManager, name: str) -> None:
    if name != "setsid" and os.geteuid():
        pytest.skip("only root becomes another user unasked")
    session = manager.open(manager.start_session(["bash", "--norc"], "/", ENV))
    asked = session.run(ELSEWHERE[name], 20_000)
    assert (asked.timed_out, asked.status.state, asked.status.prompt) == (False, "waiting", "Name: ")
    assert session.run("me").status.at_shell_prompt is True


UNUSUAL = {
    "poll on an epoll descriptor": "poll = select.epoll(); poll.register(0, 1); outer = select.poll();"
    " outer.register(poll.fileno(), 1); print('Name: ', end='', flush=True); outer.poll()",
    "reads that do not block, with sleeps": "os.set_blocking(0, False); print('Name: ', end='', flush=True)\n"
    "while True:\n try: os.read(0, 9); break\n except BlockingIOError: time.sleep(0.05)",
    "epoll of epoll of epoll": "inner = select.epoll(); inner.register(0, 1); middle = select.epoll();"
    " middle.register(inner, 1); outer = select.epoll(); outer.register(middle, 1)\n"
    "print('Name: ', end='', flush=True); outer.poll()",
    "another descriptor that does not block": "fd = os.open('/dev/tty', os.O_RDWR | os.O_NONBLOCK)\n"
    "print('Name: ', end='', flush=True)\n"
    "while True:\n try: os.read(fd, 9); break\n except BlockingIOError: time.sleep(0.05)",
    "more than a thousand descriptors": "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))\n"
    "pipes = [os.pipe() for _ in range(1100)]; poll = select.poll(); poll.register(0, 1)\n"
    "[poll.register(r, 1) for r, _ in pipes]; print('Name: ', end='', flush=True); poll.poll()",
}


@pytest.mark.parametrize("reads", UNUSUAL.values(), ids=UNUSUAL)
def test_quiet_finds_whoever_waits_in_an_unusual_way(manager: SessionManager, reads: str) -> None:
    code = f"import os, select, time\n{reads}"
    session = manager.open(manager.start_session([PYTHON, "-c", code], "/", ENV))
    session.poll(10_000, until=r"Name: $")
    assert session.poll(20_000, until=READY, min_confidence="quiet").reason == "ready"


def test_a_shell_at_its_prompt_waits_whatever_its_jobs_do(manager: SessionManager, tmp_path: Path) -> None:
    """What a start-up file puts into the background is in the shell's own process group."""
    (tmp_path / "rc").write_text("sleep 30 &\n")
    session = manager.open(manager.start_session(["bash", "--rcfile", str(tmp_path / "rc")], "/", ENV))
    found = session.poll(10_000, until=READY, min_confidence="certain")
    assert (found.reason, found.status and found.status.at_shell_prompt) == ("ready", True)


@pytest.mark.parametrize("reads", READS.values(), ids=READS)
def test_a_question_is_taken_for_one_where_all_others_rest(manager: SessionManager, reads: str) -> None:
    """An event loop has a pair of sockets to wake itself: nobody else writes there."""
    code = reads.replace("Name: ", "Go on? [y/N] ")
    session = manager.open(manager.start_session([PYTHON, "-c", code], "/", ENV))
    found = session.poll(20_000, until=READY)
    assert (found.reason, found.status and found.status.prompt) == ("ready", "Go on? [y/N] ")


def test_who_waits_for_the_reader_to_end_for_a_time_at_most_does_not_work(manager: SessionManager) -> None:
    argv = ["timeout", "--foreground", "60", "sh", "-c", "printf 'Name: '; read x"]
    session = manager.open(manager.start_session(argv, "/", ENV))
    assert session.poll(10_000, until=READY, min_confidence="certain").reason == "ready"


@pytest.mark.program("sqlite3")
@pytest.mark.parametrize(
    ("argv", "line", "said"),
    [
        (("bash", "--norc"), "(echo one) && (echo two)", "one\ntwo"),
        (("python3", "-q"), "print((1), (2))", "1 2"),
        (("sqlite3",), "select max((1), (2));", "2"),
    ],
    ids=["bash", "python", "sqlite3"],
)
def test_a_line_editor_that_shows_the_matching_parenthesis_has_not_taken_the_line_yet(
    manager: SessionManager, tmp_path: Path, argv: tuple[str, ...], line: str, said: str
) -> None:
    """It stands at each parenthesis for half a second, in a select with a timeout."""
    (tmp_path / "inputrc").write_text("set blink-matching-paren on\n")
    session = manager.open(manager.start_session(argv, "/", {**ENV, "INPUTRC": str(tmp_path / "inputrc")}))
    session.poll(10_000, until=READY)
    session.write_stdin(line)  # what is typed by hand is shown as it comes
    found = session.write_stdin("\n", 10_000, until=READY)
    assert found.reason == "ready"
    assert said in found.plain.replace(line, "")
    assert session.run(line).output == said


@pytest.mark.program("fish")
@pytest.mark.parametrize("line", ["read -s answer", "read --silent -P 'Secret: ' answer"])
def test_a_silent_read_of_fish_asks_for_a_password(manager: SessionManager, line: str) -> None:
    session = manager.open(manager.start_session(["fish", "--no-config"], "/", ENV))
    asked = session.run(line, 20_000)
    assert (asked.status.state, asked.status.at_shell_prompt) == ("password", False)
    assert session.run("hidden").status.state == "waiting"
    assert session.run("read -P 'Name: ' -l s").status.state == "waiting"


RUNG_FOR = """
import os, select, sys
bell = os.eventfd(0)
if not os.fork():
    os.setsid()
    open(sys.argv[1]).read()
    os.eventfd_write(bell, 1)
    os._exit(0)
poll = select.poll()
poll.register(0, select.POLLIN)
poll.register(bell, select.POLLIN)
print("Password: ", end="", flush=True)
poll.poll()
os.read(bell, 8)
os.wait()
poll.poll()
"""


def test_who_was_woken_while_the_others_were_asked_is_at_work(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    program = start(sys.executable, "-c", RUNG_FOR, str(fifo))
    kernel = LinuxTerminal.of(program.terminal)
    assert eventually(lambda: kernel.observe(0).finding is Finding.LISTENING and "Password" in program.output)
    at_work = Surroundings.at_work

    def after_the_bell(self: Surroundings, pids: Iterable[int], most: int) -> int:
        turns = turns_of(self.reader.pid, self.reader.tid)
        fifo.write_text("")
        assert eventually(lambda: turns_of(self.reader.pid, self.reader.tid) != turns)
        assert eventually(lambda: not children_of(self.reader.pid, self.reader.tid))
        return at_work(self, pids, most)

    monkeypatch.setattr(Surroundings, "at_work", after_the_bell)
    assert kernel.at_work(0) > 0
    monkeypatch.setattr(Surroundings, "at_work", at_work)
    assert eventually(lambda: kernel.observe(0).finding is Finding.LISTENING and kernel.at_work(0) == 0)


def test_who_is_older_than_the_program_is_no_orphan_of_its_though_his_number_is_higher(start: Start) -> None:
    """Numbers begin anew behind the highest, and are given again; this process has the terminal open as well."""
    program = start("cat")
    terminal = LinuxTerminal.of(program.terminal)
    family = Family(program.terminal.child.pid, {program.terminal.child.pid}, id)
    family.oldest = os.getpid() - 1
    child = subprocess.Popen(["sleep", "60"], stdin=program.terminal.slave)
    try:
        orphans = Orphans(terminal._slave.device)
        assert eventually(lambda: orphans.of(family, (), id) == [child.pid])
    finally:
        child.kill()
        child.wait()


def test_the_numbers_of_processes_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(procfs, "newest_pid", lambda: 300)
    assert procfs.oldest({200, 32_000, 32_700}) == 32_000
    assert procfs.oldest({200, 300}) == 200
