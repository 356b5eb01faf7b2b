"""Starting: the terminal that a program finds itself in, and errors that leave nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import bgterm
from bgterm import EXIT, SessionLimitError, SessionManager
from faults.hosts import outcome


def output_of(manager: SessionManager, command: str | list[str], **options: object) -> str:
    """All output of a program that ends by itself."""
    sid = manager.start_session(command, **options)  # type: ignore[arg-type]
    return manager.poll(sid, 10_000, None, until=EXIT).text


def test_a_string_is_run_by_the_shell_and_a_list_is_not(manager: SessionManager) -> None:
    assert output_of(manager, "echo a  b; echo c") == "a b\r\nc\r\n"
    assert output_of(manager, ["echo", "a  b; echo c"]) == "a  b; echo c\r\n"
    assert output_of(manager, ["echo $0 $1", "zero", "one"], shell=True) == "zero one\r\n"


def test_no_command_starts_the_users_shell(manager: SessionManager, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/bin/sh")
    sid = manager.start_session()
    assert manager.info(sid).command == "/bin/sh"
    assert manager.write_stdin(sid, "echo $((6*7))\n", 10_000, until="42").match


def test_a_program_gets_a_controlling_terminal_of_its_size(manager: SessionManager) -> None:
    shown = output_of(manager, "tty; stty size; ps -o tty= -p $$; echo to-tty > /dev/tty", rows=31, cols=97)
    tty, size, controlling, to_tty = shown.split()[0], *shown.split("\r\n")[1:4]
    assert tty.startswith("/dev/pts/")
    assert size == "31 97"
    assert controlling.strip() == tty.removeprefix("/dev/")
    assert to_tty == "to-tty"


def test_ctrl_c_stops_what_is_in_the_foreground(manager: SessionManager) -> None:
    script = (
        "import sys, time\n"
        "try: print('go', flush=True); time.sleep(99)\n"
        "except KeyboardInterrupt: print('caught'); sys.exit(7)"
    )
    sid = manager.start_session([sys.executable, "-c", script])
    manager.poll(sid, 10_000, until="go")
    assert manager.write_stdin(sid, "\x03", 10_000, until="caught").match
    assert manager.wait(sid, 10_000) == 7


@pytest.mark.program("bash")
def test_job_control_works(manager: SessionManager) -> None:
    sid = manager.start_session(["bash", "--norc", "-i"], env={**os.environ, "PS1": "$ "})
    manager.poll(sid, 10_000, until=r"\$ $")
    manager.write_stdin(sid, "sh -c 'echo r''uns; exec sleep 1000'\n", 10_000, until="runs")
    manager.write_stdin(sid, "\x1a", 10_000, until="Stopped")
    result = manager.write_stdin(sid, "jobs; kill %1\n", 10_000, until="sleep 1000")
    assert result.match


def test_signals_are_as_a_login_gives_them(manager: SessionManager) -> None:
    show = "import signal; print([s.name for s in signal.valid_signals() if s < 32 and signal.getsignal(s) == 1])"
    show += "; print(signal.pthread_sigmask(0, ()))"
    before = signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    masked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR2})
    try:
        shown = output_of(manager, [sys.executable, "-c", show])
    finally:
        signal.signal(signal.SIGUSR1, before)
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)
    # Python itself ignores these two.
    assert set(shown.splitlines()[0].strip("[]").replace("'", "").split(", ")) <= {"SIGPIPE", "SIGXFSZ"}
    assert shown.splitlines()[1] == "set()"


def test_no_descriptor_of_the_host_reaches_a_program() -> None:
    script = textwrap.dedent(
        """
        import bgterm
        others = [bgterm.start_session(["cat"]) for _ in range(3)]
        sid = bgterm.start_session(["ls", "/proc/self/fd"])
        print(bgterm.poll(sid, 10_000, until=bgterm.EXIT).text.split())
        """
    )
    read_end, write_end = os.pipe()  # as make's job server hands them down
    try:
        done = subprocess.run(
            [sys.executable, "-c", script], check=True, capture_output=True, timeout=60, pass_fds=(read_end, write_end)
        )
    finally:
        os.close(read_end)
        os.close(write_end)
    # The fourth is the directory itself while it is read.
    assert done.stdout == b"['0', '1', '2', '3']\n"


BECOMES_INHERITABLE = {
    "by os.dup2": "os.dup2(secret, 50)",
    "by os.set_inheritable": "os.set_inheritable(secret, True)",
    "by fcntl": "fcntl.fcntl(secret, fcntl.F_SETFD, 0)",
    "while another thread toggles it": "threading.Thread(target=toggle, daemon=True).start()",
}


@pytest.mark.parametrize("how", BECOMES_INHERITABLE)
def test_no_descriptor_that_became_inheritable_after_the_first_start_reaches_a_program(how: str) -> None:
    """They were looked at once: what a host or a C library made inheritable later went to every program."""
    if "thread" in how and not (hasattr(os, "POSIX_SPAWN_CLOSEFROM") or glibc_is_at_least(2, 34)):
        pytest.skip("neither Python nor the C library can close all descriptors of a child")
    script = f"""
        import bgterm, fcntl, os, threading
        from faults.hosts import SOURCE
        bgterm.Session.start("true").close()
        secret = os.open(SOURCE, os.O_RDONLY)
        def toggle():
            while True:
                os.set_inheritable(secret, True)
                os.set_inheritable(secret, False)
        {BECOMES_INHERITABLE[how]}
        for _ in range(20):
            with bgterm.Session.start(["ls", "-l", "/proc/self/fd/"]) as session:
                session.wait(10_000)
                assert SOURCE not in session.read(None).text
    """
    assert outcome(script) == ""


def test_where_all_cannot_be_closed_those_that_are_inheritable_now_are() -> None:
    script = """
        import bgterm, os
        from bgterm.engine import libc, spawn
        from faults.hosts import SOURCE
        libc.closing_spawn = lambda signals: None  # musl
        spawn._CLOSE_FROM = None
        bgterm.Session.start("true").close()
        os.dup2(os.open(SOURCE, os.O_RDONLY), 50)
        with bgterm.Session.start(["ls", "-l", "/proc/self/fd/"]) as session:
            session.wait(10_000)
            assert SOURCE not in session.read(None).text
    """
    assert outcome(script) == ""


def glibc_is_at_least(*version: int) -> bool:
    name, _, number = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
    return name == "glibc" and tuple(map(int, number.split("."))) >= version


def test_env_replaces_and_term_is_added_only_where_it_is_missing(manager: SessionManager) -> None:
    shown = dict(line.split("=", 1) for line in output_of(manager, ["/usr/bin/env"], env={"A": "1"}).splitlines())
    assert shown.pop("BGTERM_SESSION")
    assert shown == {"A": "1", "TERM": "xterm-256color"}
    assert "TERM=dumb" in output_of(manager, ["/usr/bin/env"], env={"TERM": "dumb"})


def test_variables_that_no_shell_could_have_reach_a_program_in_another_directory(manager: SessionManager) -> None:
    """A shell enters the directory, and dash hands on no variable that it could not set itself."""
    env = {"PATH": os.environ["PATH"], "a.b": "1", "BASH_FUNC_f%%": "() { :; }"}
    shown = output_of(manager, [sys.executable, "-c", "import os; print(os.environ)"], env=env, cwd="/")
    assert "'a.b': '1'" in shown
    assert "'BASH_FUNC_f%%': '() { :; }'" in shown


def test_the_size_of_the_hosts_terminal_is_not_handed_down(
    manager: SessionManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs drew for the host's COLUMNS, on a screen of another width."""
    monkeypatch.setenv("COLUMNS", "33")
    monkeypatch.setenv("LINES", "5")
    assert output_of(manager, "echo [$COLUMNS $LINES]") == "[ ]\r\n"
    assert output_of(manager, "echo [$COLUMNS $LINES]", env={**os.environ, "A": "1"}) == "[ ]\r\n"
    assert "COLUMNS=34" in output_of(manager, ["/usr/bin/env"], env={"COLUMNS": "34"})


def test_cwd_is_where_a_program_starts(manager: SessionManager, tmp_path: Path) -> None:
    directory = tmp_path / "a 'quoted' $dir"
    directory.mkdir()
    assert output_of(manager, "pwd", cwd=directory).strip() == str(directory)
    sid = manager.start_session(["cat"], cwd=directory)
    assert manager.info(sid).cwd == str(directory)


@pytest.fixture
def deleted_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory, which is there no longer."""
    directory = tmp_path / "deleted"
    directory.mkdir()
    monkeypatch.chdir(directory)
    directory.rmdir()
    return directory


def test_a_program_starts_from_a_current_directory_that_has_been_deleted(
    manager: SessionManager, deleted_directory: Path
) -> None:
    sid = manager.start_session(["echo", "works"])
    assert manager.info(sid).cwd is None
    assert manager.poll(sid, 10_000, None, until=EXIT).text == "works\r\n"


def test_a_program_starts_elsewhere_though_the_current_directory_has_been_deleted(
    manager: SessionManager, deleted_directory: Path
) -> None:
    """The shell that enters the directory complained into the program's terminal."""
    sid = manager.start_session("pwd", cwd="/")
    assert manager.info(sid).cwd == "/"
    assert manager.poll(sid, 10_000, None, until=EXIT).text == "/\r\n"


@pytest.mark.parametrize("options", [{"cwd": "below"}, {"transcript": "transcript"}], ids=str)
def test_a_relative_path_from_a_deleted_current_directory_is_an_error_that_says_so(
    manager: SessionManager, deleted_directory: Path, options: dict[str, str]
) -> None:
    with pytest.raises(FileNotFoundError, match="current directory has been deleted"):
        manager.start_session(["true"], **options)  # type: ignore[arg-type]


def test_the_program_that_a_shell_puts_into_its_directory_has_its_standard_error(manager: SessionManager) -> None:
    assert output_of(manager, "echo wrong >&2", cwd="/") == "wrong\r\n"


def test_a_relative_command_is_found_from_cwd_and_by_the_given_path(manager: SessionManager, tmp_path: Path) -> None:
    tool = tmp_path / "tool"
    tool.write_text("#!/bin/sh\necho here $1\n")
    tool.chmod(0o755)
    assert output_of(manager, ["./tool", "x"], cwd=tmp_path) == "here x\r\n"
    assert output_of(manager, ["tool", "y"], env={"PATH": f"{tmp_path}:/usr/bin"}) == "here y\r\n"


@pytest.mark.parametrize("cwd", [None, "."])
def test_errors_of_a_start_are_early_name_the_path_and_leave_nothing(
    manager: SessionManager, tmp_path: Path, cwd: str | None
) -> None:
    plain_file = tmp_path / "plain"
    plain_file.touch()
    before = manager.list_sessions()
    with pytest.raises(FileNotFoundError, match="no-such-command"):
        manager.start_session(["no-such-command"], cwd=cwd, name="n")
    with pytest.raises(FileNotFoundError, match="/no/such"):
        manager.start_session(["/no/such"], cwd=cwd, name="n")
    with pytest.raises(PermissionError, match=str(plain_file)):
        manager.start_session([str(plain_file)], cwd=cwd, name="n")
    with pytest.raises(PermissionError, match=str(tmp_path)):
        manager.start_session([str(tmp_path)], cwd=cwd, name="n")
    with pytest.raises(FileNotFoundError, match="nowhere"):
        manager.start_session(["true"], cwd=tmp_path / "nowhere", name="n")
    with pytest.raises(NotADirectoryError, match="plain"):
        manager.start_session(["true"], cwd=plain_file, name="n")
    assert manager.list_sessions() == before
    manager.start_session(["true"], name="n")  # the name was not kept


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"cmd": []}, ValueError),
        ({"cmd": ""}, ValueError),
        ({"cmd": b"ls"}, TypeError),
        ({"cmd": 5}, TypeError),
        ({"cmd": ["sleep", 3]}, TypeError),
        ({"env": {"A": 1}}, TypeError),
        ({"cmd": ["ls", "a\0b"]}, ValueError),
        ({"rows": 0}, ValueError),
        ({"cols": 70000}, ValueError),
        ({"overflow": "wait"}, ValueError),
        ({"max_buffer_bytes": 0}, ValueError),
        ({"encoding": "no-such"}, LookupError),
        ({"errors": "no-such"}, LookupError),
        ({"name": ""}, ValueError),
        ({"name": 5}, TypeError),
    ],
)
def test_bad_parameters_are_refused(
    manager: SessionManager, options: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        manager.start_session(**{"cmd": ["true"], **options})  # type: ignore[arg-type]
    assert manager.list_sessions() == ()


def test_a_name_is_a_handle_and_can_be_taken_once(manager: SessionManager) -> None:
    sid = manager.start_session(["cat"], name="kitten")
    with pytest.raises(ValueError, match="taken"):
        manager.start_session(["cat"], name="kitten")
    assert manager.info("kitten").sid == sid
    manager.close("kitten")
    assert manager.start_session(["cat"], name="kitten") != sid


def test_a_manager_keeps_to_its_limit(manager: SessionManager) -> None:
    with SessionManager(max_sessions=1) as small:
        small.start_session(["cat"])
        with pytest.raises(SessionLimitError, match="close"):
            small.start_session(["cat"])
        small.close_all()
        small.start_session(["cat"])


def test_ids_are_never_used_again(manager: SessionManager) -> None:
    first = manager.start_session(["true"])
    manager.close(first)
    assert manager.start_session(["true"]) > first


def test_the_module_and_session_and_manager_share_the_default(program: object) -> None:
    sid = bgterm.start_session(["cat"])
    with bgterm.Session.open(sid) as session:
        assert session.sid == sid
        assert sid in bgterm.list_sessions()
        assert repr(session) == f"<bgterm.Session {sid} ('cat',) running>"
    assert sid not in bgterm.list_sessions()


def test_a_host_that_closed_its_standard_files_is_no_trouble() -> None:
    script = textwrap.dedent(
        """
        import os
        for fd in (0, 1, 2): os.close(fd)
        import bgterm
        sid = bgterm.start_session("echo out; echo err >&2; cat")
        r = bgterm.poll(sid, 10_000, until="err")
        ok = r.match is not None and bgterm.write_stdin(sid, "meow\\n", 10_000, until="meow").match is not None
        os._exit(0 if ok and not any(os.isatty(fd) for fd in (0, 1, 2)) else 1)
        """
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == 0


def test_windows_is_told_in_one_sentence() -> None:
    script = "import sys; sys.platform = 'win32'; import bgterm"
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True, timeout=60)
    assert done.stderr.splitlines()[-1].startswith("ImportError: bgterm needs")


GREEN = "threading.get_ident = lambda own=threading.get_ident: own(); select.select = lambda *_: ([], [], []);"
AS_GEVENT = f"{GREEN} del select.epoll"
AS_EVENTLET = f"{GREEN} del select.epoll, select.poll"


@pytest.mark.parametrize("patched", [AS_GEVENT, AS_EVENTLET], ids=["gevent", "eventlet"])
def test_a_host_with_green_threads_is_told_on_import(patched: str) -> None:
    """It died of an AttributeError at its first start."""
    script = f"import select, threading; {patched}; import bgterm"
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True, timeout=60)
    assert done.stderr.splitlines()[-1].startswith("ImportError: bgterm needs the system's own threads")


@pytest.mark.parametrize("patched", [AS_GEVENT, AS_EVENTLET], ids=["gevent", "eventlet"])
def test_a_host_that_gets_green_threads_later_is_told_at_its_first_start(patched: str) -> None:
    script = f"""
        import bgterm, select, threading
        {patched}
        try:
            bgterm.start_session("true")
        except RuntimeError as error:
            print(str(error)[:37], bgterm.list_sessions())
    """
    assert outcome(script) == "bgterm needs the system's own threads ()"
