"""What the verbs return: plain values that nobody can change.

They are named tuples. Building one of 15 fields takes 0.25 µs (a frozen dataclass 1.4 µs), and it is done for every
call; and a program that imports bgterm does not import `inspect` by it, as it would by dataclasses.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from bgterm.loading import load

Reason = Literal["output", "match", "ready", "settled", "exit", "timeout"]
State = Literal["waiting", "password", "fullscreen", "busy", "stopped", "exited", "unknown"]
Confidence = Literal["certain", "prompt", "marks", "quiet", "none"]


class Foreground(NamedTuple):
    """The program that has the terminal: `name` as the kernel knows it (at most 15 bytes), and `pid`."""

    name: str
    pid: int


class Status(NamedTuple):
    """What is known about whether a program waits for input."""

    state: State
    """`"waiting"` (for a line or key), `"password"`, `"fullscreen"`, `"busy"`, `"stopped"`, `"exited"`, `"unknown"`."""
    confidence: Confidence
    """How surely it is known, from the surest down: `"certain"`, `"prompt"`, `"marks"`, `"quiet"`, `"none"`."""
    reason: str
    """The same in words that a person understands."""
    foreground: Foreground | None = None
    """The program that has the terminal, None where nobody has it or it cannot be known."""
    prompt: str = ""
    """The text left of the cursor."""
    at_shell_prompt: bool | None = None
    """True: a shell waits at its own prompt, nothing is typed there yet, and what is typed now is a command.

    False: something else waits, or is asked there (`read -e`, `select`, the rest of a command, a search), or a line is
    begun. None: nobody waits, or it cannot be known, as behind ssh.
    """


class PollResult(NamedTuple):
    """One look at a session's output. All offsets are absolute bytes since the session's start."""

    text: str
    """The output, decoded. It never begins or ends inside a character."""
    data: bytes
    """The same output as bytes."""
    start_offset: int
    """Where `data` begins."""
    end_offset: int
    """Where `data` ends: the next unread byte, unless `read(offset=...)` was asked."""
    buffer_start_offset: int
    """The oldest byte that is still kept."""
    buffer_end_offset: int
    """The end of all output so far."""
    bytes_returned: int
    """The length of `data`."""
    remaining_bytes: int
    """How much output follows on `data`: what is still unread, unless `read(offset=...)` was asked."""
    dropped_bytes: int
    """Unread bytes that were forgotten since the last result because the buffer was full."""
    skipped_bytes: int
    """Bytes before `data` that a match consumed without returning them; they stay readable by offset."""
    pending_input_bytes: int
    """Input that the program has not taken yet."""
    running: bool
    """False once the program has exited and the tail of its output was read from the terminal."""
    exit_code: int | None
    """The exit code, negative for a signal; None while running, or where the host made it unknowable."""
    reason: Reason
    """Why the call returned."""
    match: re.Match[str] | re.Match[bytes] | None = None
    """The match that was waited for."""
    status: Status | None = None
    """The last look at readiness, where it was asked for."""
    index: int | None = None  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleMethodOverride]
    """Which of `until`'s list it was that held, None where there was no list, or none of it held."""

    @property
    def before(self) -> str | bytes | None:
        """What stands before the match, without escape sequences; bytes for a pattern of bytes, None without a match.

        It begins where the unread output did; of more than a mebibyte the last is there.
        """
        return None if self.match is None else self.match.string[: self.match.start()]

    @property
    def truncated(self) -> bool:
        """Whether there is more output than `text` shows: remaining, dropped or skipped bytes."""
        return bool(self.remaining_bytes or self.dropped_bytes or self.skipped_bytes)

    @property
    def plain(self) -> str:
        """`text` as a person would read it.

        Escape sequences are gone, and so is what was overwritten or erased: a progress bar is one line. Made when
        it is asked for. To read output in pages and get the text of the whole, use `views.plain.PlainText`.
        """
        load("bgterm.views.plain")
        from bgterm.views.plain import plain  # noqa: PLC0415 - its patterns take milliseconds to compile

        return plain(self.text)

    def head_tail(self, max_chars: int) -> str:
        """Return `plain`, or both ends of it where it is longer than `max_chars` characters.

        It is cut at line ends. A line in the middle says how much was left out and at which offsets `read` has it;
        it counts, but is there even where it does not fit.

        Raises ValueError if `max_chars` is negative, TypeError if it is no integer.
        """
        load("bgterm.views.head_tail")
        from bgterm.views.head_tail import head_tail  # noqa: PLC0415 - as for plain

        return head_tail(self.text, self.data, self.start_offset, max_chars)


class CommandResult(NamedTuple):
    """What came of one line typed at a program that waited for it. Offsets are absolute, as in `PollResult`."""

    output: str
    """What the program said, as a person would read it, without the echoed line, the next prompt, and newlines at its
    end. A prompt is what was drawn there before; what stands in a row with a new one is in `status.prompt`.

    Inside tmux it is what tmux tells. Where tmux has forgotten, and inside other multiplexers, it is empty: what they
    show is a picture."""
    data: bytes
    """The bytes as they came, echo and prompt included: the last `max_output_bytes` of them."""
    exit_code: int | None
    """The command's exit code where the session's own shell integration tells it, else None."""
    directory: str | None
    """The current directory afterwards where the session's own shell integration tells it, else None."""
    status: Status
    """The last look at the program: it waits for the next line, or asks something, or is still busy."""
    timed_out: bool
    """The time was up before the program waited again. It goes on: `poll` has what comes."""
    duration_ms: float
    """From typing the line to the return."""
    start_offset: int
    """Where `data` begins."""
    end_offset: int
    """Where `data` ends: the next unread byte."""
    dropped_bytes: int
    """Output of this step that was forgotten because the buffer was full; with `overflow="block"` what was beyond
    `max_output_bytes`."""
    skipped_bytes: int
    """Bytes before `data` that were not returned, unread output from before the step included; `read(offset=...)` has
    them."""
    truncated: bool = False
    """Whether the beginning of `output` is missing: it was beyond `max_output_bytes`, or forgotten."""

    def head_tail(self, max_chars: int) -> str:
        """Return `output`, or both ends of it where it is longer than `max_chars` characters.

        It is cut at line ends. A line in the middle says how much was left out and between which offsets `read` has
        it; it counts, but is there even where it does not fit.

        Raises ValueError if `max_chars` is negative, TypeError if it is no integer.
        """
        load("bgterm.views.head_tail")
        from bgterm.views.head_tail import output_head_tail  # noqa: PLC0415 - as for PollResult

        return output_head_tail(self.output, self.start_offset, self.end_offset, max_chars)


class SessionInfo(NamedTuple):
    """What is known of a session."""

    sid: int
    name: str | None
    pid: int
    command: str | tuple[str, ...]
    """The command as it was given (`$SHELL`'s path where none was)."""
    cwd: str | None
    """The directory that the program was started in; None where that was this process's and had been deleted."""
    rows: int
    cols: int
    started: float
    """When, in seconds since the epoch (`time.time()`)."""
    running: bool
    exit_code: int | None
    """The exit code, negative for a signal; None while running, or where the host made it unknowable."""
    unread_offset: int
    """The next unread byte."""
    buffer_start_offset: int
    """The oldest byte that is still kept."""
    buffer_end_offset: int
    """The end of all output so far."""
    pending_input_bytes: int
    """Input that the program has not taken yet."""
    held_by: tuple[Foreground, ...]
    """The processes that still hold the terminal of a program that has exited: output may come from them."""
