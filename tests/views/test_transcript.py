"""Every byte with its time, in files."""

from __future__ import annotations

import errno
import json
import os
import re
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import bgterm
from bgterm.manager import SessionManager
from bgterm.views.transcript import Recording, Transcript

COUNT = "for i in $(seq 20000); do echo line $i of the long output; done"


def counted(lines: int = 20000) -> bytes:
    return b"".join(b"line %d of the long output\r\n" % number for number in range(1, lines + 1))


def test_it_has_every_byte_of_the_output(manager: SessionManager, tmp_path: Path) -> None:
    sid = manager.start_session(COUNT, transcript=tmp_path / "session")
    manager.wait(sid)
    manager.close(sid)
    assert (tmp_path / "session").read_bytes() == counted()


def test_reading_by_offset_reaches_back_beyond_the_buffer(manager: SessionManager, tmp_path: Path) -> None:
    sid = manager.start_session(COUNT, transcript=tmp_path / "session", max_buffer_bytes=10_000)
    manager.wait(sid)
    assert manager.info(sid).buffer_start_offset > 400_000
    page = manager.read(sid, 23, offset=0)
    assert page.text == "line 1 of the long outp"
    assert (page.start_offset, page.end_offset) == (0, 23)
    everything = manager.read(sid, None, offset=0)
    assert everything.data == counted()
    newest = manager.read(sid, None, offset=len(counted()) - 10)
    assert newest.data == counted()[-10:]


def test_it_begins_with_the_first_byte_however_little_is_buffered(manager: SessionManager, tmp_path: Path) -> None:
    sid = manager.start_session(["seq", "5000"], transcript=tmp_path / "session", max_buffer_bytes=1)
    manager.wait(sid)
    assert (tmp_path / "session").read_bytes() == b"".join(b"%d\r\n" % number for number in range(1, 5001))


def test_output_is_noted_with_its_time(manager: SessionManager, tmp_path: Path) -> None:
    sid = manager.start_session("read a; echo two; read b", transcript=tmp_path / "session")
    manager.write_stdin(sid, "one\n", 5000, until="two")
    manager.close(sid)
    recording = Recording.open(tmp_path / "session")
    events = list(recording.events())
    assert b"".join(event.data for event in events) == b"one\r\ntwo\r\n"
    assert [event.seconds for event in events] == sorted(event.seconds for event in events)
    assert all(event.seconds > 0 for event in events)
    assert recording.about["command"] == "read a; echo two; read b"
    recording.close()


def test_sizes_and_markers_stand_at_their_offsets(manager: SessionManager, tmp_path: Path) -> None:
    sid = manager.start_session("echo one; read a; echo two", transcript=tmp_path / "session", rows=30, cols=90)
    manager.poll(sid, 5000, until="one\r\n")
    manager.resize(sid, 40, 120)
    manager.mark(sid, 'here: "é"\n')
    manager.write_stdin(sid, "x\n", 5000, until="two")
    manager.close(sid)
    recording = Recording.open(tmp_path / "session")
    assert (recording.about["rows"], recording.about["cols"]) == (30, 90)
    resized, marked = (event for event in recording.events() if event.kind != "o")
    assert (resized.kind, resized.offset, resized.rows, resized.cols) == ("r", 5, 40, 120)
    assert (marked.kind, marked.offset, marked.label) == ("m", 5, 'here: "é"\n')
    recording.close()


def test_it_is_whole_up_to_the_last_read_when_the_process_is_killed(tmp_path: Path) -> None:
    program = """
import os, signal, sys, bgterm
sid = bgterm.start_session("echo before; read a", transcript=sys.argv[1])
bgterm.poll(sid, 10_000, until="before")
bgterm.poll(sid, 100)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "session")], check=False)
    assert done.returncode == -signal.SIGKILL
    recording = Recording.open(tmp_path / "session")
    assert [event.data for event in recording.events()] == [b"before\r\n"]
    recording.close()


def test_a_line_of_times_that_a_crash_cut_is_left_out(tmp_path: Path) -> None:
    transcript = Transcript(str(tmp_path / "session"), 24, 80)
    transcript(0, b"text")
    transcript.close()
    with open(tmp_path / "session.times", "a", encoding="utf-8") as times:
        times.write("o 4 0.2")
    recording = Recording.open(tmp_path / "session")
    assert [event.data for event in recording.events()] == [b"text"]
    recording.close()


def test_what_is_shown_twice_is_kept_once(tmp_path: Path) -> None:
    transcript = Transcript(str(tmp_path / "session"), 24, 80)
    transcript(0, b"abc")
    transcript(0, b"abc")
    transcript(3, b"def")
    transcript.close()
    assert (tmp_path / "session").read_bytes() == b"abcdef"


@pytest.mark.parametrize("limit", [100, 1000, 100_000])
def test_a_bound_keeps_the_newest(manager: SessionManager, tmp_path: Path, limit: int) -> None:
    sid = manager.start_session(COUNT, transcript=tmp_path / "session", max_transcript_bytes=limit)
    manager.wait(sid)
    manager.close(sid)
    recording = Recording.open(tmp_path / "session")
    kept = recording.read(0, 1 << 30)
    recording.close()
    assert limit // 2 <= len(kept) <= limit
    assert counted().endswith(kept)
    assert (tmp_path / "session").stat().st_size + (tmp_path / "session.1").stat().st_size == len(kept)


def test_nothing_is_left_of_an_earlier_transcript(tmp_path: Path) -> None:
    earlier = Transcript(str(tmp_path / "session"), 24, 80, max_bytes=10)
    earlier(0, b"earlier output")
    earlier.close()
    later = Transcript(str(tmp_path / "session"), 24, 80)
    later(0, b"later")
    later.close()
    recording = Recording.open(tmp_path / "session")
    assert recording.read(0, 100) == b"later"
    recording.close()
    assert sorted(os.listdir(tmp_path)) == ["session", "session.times"]


def test_the_size_is_known_where_the_older_part_begins(tmp_path: Path) -> None:
    transcript = Transcript(str(tmp_path / "session"), 24, 80, max_bytes=20)
    transcript(0, b"0123456789")
    transcript.resized(30, 100)
    transcript(10, b"0123456789")
    transcript(20, b"0123456789")
    assert transcript.start == 10
    assert (transcript.about["rows"], transcript.about["cols"]) == (30, 100)
    transcript.close()


def test_the_files_are_for_their_owner_alone(manager: SessionManager, tmp_path: Path) -> None:
    manager.close(manager.start_session(["true"], transcript=tmp_path / "session"))
    assert (tmp_path / "session").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "session.times").stat().st_mode & 0o777 == 0o600


def test_a_path_that_cannot_be_written_is_an_error_at_once(manager: SessionManager, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        manager.start_session(["true"], transcript=tmp_path / "missing" / "session")
    assert manager.list_sessions() == ()


def test_a_program_that_cannot_be_started_leaves_no_files(manager: SessionManager, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        manager.start_session(["/no/such/program"], transcript=tmp_path / "session")
    assert os.listdir(tmp_path) == []


WHAT_WAS_THERE = {
    "session": "yesterday's",
    "session.times": "its times",
    "session.1": "older",
    "session.1.times": "old",
}


def put_there(folder: Path) -> None:
    for name, text in WHAT_WAS_THERE.items():
        (folder / name).write_text(text)


def what_is_there(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_a_program_that_cannot_be_started_leaves_what_was_there(manager: SessionManager, tmp_path: Path) -> None:
    put_there(tmp_path)
    with pytest.raises(FileNotFoundError):
        manager.start_session(["/no/such/program"], transcript=tmp_path / "session")
    assert what_is_there(tmp_path) == WHAT_WAS_THERE


def test_a_program_that_was_started_replaces_what_was_there(manager: SessionManager, tmp_path: Path) -> None:
    put_there(tmp_path)
    manager.wait(manager.start_session(["echo", "today"], transcript=tmp_path / "session"))
    there = what_is_there(tmp_path)
    assert sorted(there) == ["session", "session.times"]
    assert there["session"] == "today\n"


def test_a_program_that_says_nothing_replaces_what_was_there_too(manager: SessionManager, tmp_path: Path) -> None:
    put_there(tmp_path)
    manager.start_session(["cat"], transcript=tmp_path / "session")
    assert (tmp_path / "session").read_text() == ""


def make_link(path: Path) -> None:
    (path.parent / "victim").write_text("do not touch")
    path.symlink_to(path.parent / "victim")


def make_foreign(path: Path) -> None:
    path.write_text("of another user")
    os.chown(path, 65534, 65534)


IN_THE_WAY: dict[str, tuple[Callable[[Path], None], type[OSError]]] = {
    "a directory": (os.mkdir, IsADirectoryError),
    "a link": (make_link, FileExistsError),
    "a dangling link": (lambda path: os.symlink("nowhere", path), FileExistsError),
    "a FIFO": (os.mkfifo, FileExistsError),
    "a device": (lambda path: os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 3)), FileExistsError),
    "a file of another user": (make_foreign, PermissionError),
}


@pytest.mark.parametrize("name", ["session", "session.times", "session.1", "session.1.times"])
@pytest.mark.parametrize("what", IN_THE_WAY)
def test_what_is_in_the_way_of_a_transcript_is_an_error_and_stays(
    manager: SessionManager, tmp_path: Path, what: str, name: str
) -> None:
    make, error = IN_THE_WAY[what]
    try:
        make(tmp_path / name)
    except PermissionError:
        pytest.skip("only root can make it")
    before = {path.name: os.lstat(path) for path in tmp_path.iterdir()}
    for _ in range(3):
        with pytest.raises(error, match=re.escape(str(tmp_path / name))):
            manager.start_session("echo hi", transcript=tmp_path / "session")
    after = {path.name: os.lstat(path) for path in tmp_path.iterdir()}
    assert {key: (found.st_ino, found.st_mtime_ns) for key, found in after.items()} == {
        key: (found.st_ino, found.st_mtime_ns) for key, found in before.items()
    }


def test_a_file_that_others_could_read_is_for_its_owner_alone_afterwards(
    manager: SessionManager, tmp_path: Path
) -> None:
    put_there(tmp_path)
    for name in WHAT_WAS_THERE:
        (tmp_path / name).chmod(0o644)
    sid = manager.start_session(COUNT, transcript=tmp_path / "session", max_transcript_bytes=100_000)
    manager.wait(sid)
    manager.export_recording(sid, tmp_path / "cast")
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()} == dict.fromkeys(
        [*WHAT_WAS_THERE, "cast"], "0o600"
    )


def same_path(folder: Path) -> Path:
    return folder / "session"


def through_a_linked_directory(folder: Path) -> Path:
    (folder / "link").symlink_to(folder)
    return folder / "link" / "session"


def as_a_hard_link(folder: Path) -> Path:
    os.link(folder / "session", folder / "other")
    return folder / "other"


def where_its_times_are(folder: Path) -> Path:
    return folder / "session.times"


@pytest.mark.parametrize(
    "other", [same_path, through_a_linked_directory, as_a_hard_link, where_its_times_are], ids=lambda of: of.__name__
)
def test_two_sessions_cannot_write_to_the_same_file(
    manager: SessionManager, tmp_path: Path, other: Callable[[Path], Path]
) -> None:
    sid = manager.start_session("echo mine; exec cat", name="first", transcript=tmp_path / "session")
    manager.poll(sid, 10_000, until="mine\r\n")
    path = other(tmp_path)
    with pytest.raises(OSError, match="session") as caught:
        manager.start_session("echo other", transcript=path)
    assert caught.value.errno == errno.EBUSY
    if other is not as_a_hard_link:  # beside which no times stand
        assert f"session {sid} ('first') of process {os.getpid()}" in str(caught.value)
    manager.close(sid)
    assert (tmp_path / "session").read_text() == "mine\n"
    manager.start_session("echo other", transcript=path)


def test_another_process_cannot_write_to_the_same_file(manager: SessionManager, tmp_path: Path) -> None:
    sid = manager.start_session(["cat"], transcript=tmp_path / "session")
    program = "import bgterm, sys; bgterm.start_session(['true'], transcript=sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "session")], check=False, capture_output=True, text=True
    )
    assert f"session {sid} of process {os.getpid()} writes its transcript there" in done.stderr


def test_a_transcript_is_not_turned_over_onto_another_one(manager: SessionManager, tmp_path: Path) -> None:
    sid = manager.start_session(f"read line; {COUNT}", transcript=tmp_path / "session", max_transcript_bytes=1000)
    other = manager.start_session("echo other; exec cat", transcript=tmp_path / "session.1")
    manager.poll(other, 10_000, until="other\r\n")
    manager.write_stdin(sid, "\n")
    manager.wait(sid)
    with pytest.raises(OSError, match=f"session {other} of process"):
        manager.mark(sid)
    assert (tmp_path / "session.1").read_text() == "other\n"


def test_a_forked_child_holds_no_transcript(manager: SessionManager, tmp_path: Path) -> None:
    program = """
import bgterm, os, sys
sid = bgterm.start_session(["cat"], transcript=sys.argv[1])
read_end, write_end = os.pipe()
pid = os.fork()
if pid == 0:
    os.close(write_end)
    os.read(read_end, 1)
    held = [os.path.realpath(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")]
    os._exit(any(name.startswith(sys.argv[1]) for name in held))
bgterm.close(sid)
bgterm.start_session(["cat"], transcript=sys.argv[1])
os.close(write_end)
sys.exit(os.waitpid(pid, 0)[1])
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", program, str(tmp_path / "session")], check=True, timeout=30)


def test_a_start_whose_transcript_cannot_begin_leaves_nothing(manager: SessionManager, tmp_path: Path) -> None:
    put_there(tmp_path)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limit[1]))  # Python ignores SIGXFSZ: writing fails
    try:
        for _ in range(3):
            with pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
                manager.start_session(["cat"], transcript=tmp_path / "session")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert manager.list_sessions() == ()


def test_a_bound_must_leave_something(manager: SessionManager, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="max_transcript_bytes"):
        manager.start_session(["true"], transcript=tmp_path / "session", max_transcript_bytes=0)


def test_a_full_disk_ends_the_transcript_and_not_the_session(manager: SessionManager, tmp_path: Path) -> None:
    sid = manager.start_session("read a; " + COUNT, transcript=tmp_path / "session")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limit[1]))  # Python ignores SIGXFSZ: writing fails
    try:
        manager.write_stdin(sid, "\n")
        assert manager.wait(sid) == 0
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert manager.read(sid, None, offset=0).text.endswith("line 20000 of the long output\r\n")
    with pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
        manager.export_recording(sid, tmp_path / "cast")


def test_files_that_are_no_transcript_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "session").write_bytes(b"text")
    with pytest.raises(FileNotFoundError):
        Recording.open(tmp_path / "session")
    (tmp_path / "session.times").write_text("hello\n")
    with pytest.raises(ValueError, match="transcript"):
        Recording.open(tmp_path / "session")


def casts(path: Path) -> tuple[dict[str, object], list[list[object]]]:
    """The header and the events of an asciicast, each line checked for what the format's description asks."""
    header, *lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    for line in lines:
        assert re.match(r"\[[0-9]+\.[0-9]{6}, \"[oirmx]\", \"", line), line
    return json.loads(header), [json.loads(line) for line in lines]


def recorded(tmp_path: Path) -> int:
    sid = bgterm.start_session(
        "echo one; read a; printf '\\342\\202\\254 \\377'", transcript=tmp_path / "session", name="recorded"
    )
    bgterm.poll(sid, 5000, until="one\r\n")
    bgterm.resize(sid, 40, 120)
    bgterm.mark(sid, "answer")
    bgterm.write_stdin(sid, "x\n")
    bgterm.wait(sid)
    return sid


def test_it_is_exported_as_asciicast_3(tmp_path: Path) -> None:
    sid = recorded(tmp_path)
    bgterm.export_recording(sid, tmp_path / "cast", title="A title")
    bgterm.close(sid)
    header, events = casts(tmp_path / "cast")
    assert header["version"] == 3
    assert header["term"] == {"cols": 80, "rows": 24, "type": os.environ.get("TERM", "xterm-256color")}
    assert isinstance(header["timestamp"], int)
    assert header["title"] == "A title"
    assert "".join(str(data) for _, code, data in events if code == "o") == "one\r\nx\r\n€ \ufffd"
    assert [[code, data] for _, code, data in events if code != "o"] == [["r", "120x40"], ["m", "answer"], ["x", "0"]]


def test_it_is_exported_as_asciicast_2(tmp_path: Path) -> None:
    sid = recorded(tmp_path)
    bgterm.export_recording(sid, tmp_path / "cast", version=2)
    bgterm.close(sid)
    header, events = casts(tmp_path / "cast")
    assert (header["version"], header["width"], header["height"]) == (2, 80, 24)
    times = [float(str(seconds)) for seconds, _, _ in events]
    assert times == sorted(times)
    assert [code for _, code, _ in events if code != "o"] == ["r", "m"]


def test_the_intervals_of_version_3_add_up_to_the_times_of_version_2(tmp_path: Path) -> None:
    sid = recorded(tmp_path)
    bgterm.export_recording(sid, tmp_path / "three")
    bgterm.export_recording(sid, tmp_path / "two", version=2)
    bgterm.close(sid)
    elapsed = 0.0
    for three, two in zip(casts(tmp_path / "three")[1], casts(tmp_path / "two")[1], strict=False):
        elapsed += float(str(three[0]))
        assert abs(elapsed - float(str(two[0]))) < 1e-6


def test_another_version_is_an_error(tmp_path: Path) -> None:
    sid = recorded(tmp_path)
    with pytest.raises(ValueError, match="versions 2 and 3"):
        bgterm.export_recording(sid, tmp_path / "cast", version=1)
    assert not (tmp_path / "cast").exists()
    bgterm.close(sid)


@pytest.mark.parametrize("what", ["argument", "marker", "title"])
def test_what_utf_8_does_not_have_is_replaced_in_a_recording(
    manager: SessionManager, tmp_path: Path, what: str
) -> None:
    name = b"caf\xe9" if what == "argument" else b"cafe"
    sid = manager.start_session(["printf", name], transcript=tmp_path / "session")
    manager.wait(sid)
    if what == "marker":
        manager.mark(sid, "caf\udce9")
    manager.export_recording(sid, tmp_path / "cast", title="caf\udce9" if what == "title" else None)
    assert "caf\ufffd" in (tmp_path / "cast").read_text(encoding="utf-8")


def test_an_export_that_fails_leaves_what_was_there(manager: SessionManager, tmp_path: Path) -> None:
    sid = manager.start_session(["echo", "said"], transcript=tmp_path / "session")
    manager.wait(sid)
    cast = tmp_path / "cast"
    cast.write_text("yesterday's")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limit[1]))
    try:
        with pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
            manager.export_recording(sid, cast)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    with pytest.raises(FileNotFoundError, match="nowhere"):
        manager.export_recording(sid, tmp_path / "nowhere" / "cast")
    assert cast.read_text() == "yesterday's"
    assert sorted(os.listdir(tmp_path)) == ["cast", "session", "session.times"]


@pytest.mark.parametrize("what", IN_THE_WAY)
def test_what_is_in_the_way_of_a_recording_is_an_error_and_stays(
    manager: SessionManager, tmp_path: Path, what: str
) -> None:
    make, error = IN_THE_WAY[what]
    sid = manager.start_session(["true"], transcript=tmp_path / "session")
    try:
        make(tmp_path / "cast")
    except PermissionError:
        pytest.skip("only root can make it")
    before = os.lstat(tmp_path / "cast")
    with pytest.raises(error, match=re.escape(str(tmp_path / "cast"))):
        manager.export_recording(sid, tmp_path / "cast")
    assert os.lstat(tmp_path / "cast") == before


def test_without_a_transcript_there_is_nothing_to_export(manager: SessionManager, tmp_path: Path) -> None:
    sid = manager.start_session(["true"])
    with pytest.raises(ValueError, match="transcript="):
        manager.export_recording(sid, tmp_path / "cast")
    with pytest.raises(ValueError, match="transcript="):
        manager.mark(sid)
