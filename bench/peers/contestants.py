"""One contestant of `bench.repl`, in a process of its own: `python contestants.py NAME PROGRAM`.

It reads numbers of steps from its standard input, a line each, makes so many steps, and answers with a JSON list of the
milliseconds that each took. A step is a line typed, and all that the program said to it, checked.

It runs in an environment where the other libraries are, so it uses nothing of the bench.
"""

from __future__ import annotations

import json
import os
import pty
import re
import select
import sys
import time
from collections.abc import Callable

Step = Callable[[str], str]
"""Types a line and gives what came, with or without echo and prompts."""

ARGV = {"python": ["python3", "-q"], "bash": ["bash", "--norc"]}
PROMPT = {"python": ">>> ", "bash": "$ "}
LINE = {"python": "{a}+{b}", "bash": "echo $(({a}+{b}))"}

os.environ |= {"PS1": "$ ", "TERM": "xterm-256color"}


def bgterm_step(program: str) -> Step:
    import bgterm

    session = bgterm.Session.start(ARGV[program])
    return lambda line: session.run(line).output


def pexpect_step(program: str) -> Step:
    from pexpect import replwrap

    if program == "bash":
        repl = replwrap.bash()
    else:
        repl = replwrap.REPLWrapper(" ".join(ARGV[program]), PROMPT[program], None)
    return repl.run_command


def ptymini_step(program: str) -> Step:
    from ptymini import bg

    sid = bg.start_bgterm(ARGV[program])
    pattern = re.escape(PROMPT[program]) + r"\Z"
    bg.poll(sid, 10_000, until=pattern)
    return lambda line: bg.write_stdin(sid, line + "\n", 10_000, until=r"\n" + pattern).text


def fastmux_step(program: str) -> Step:
    from fastmux import bg

    name = f"bench-{os.getpid()}"
    bg.start_session(name, ARGV[program])
    bg.poll(name, 10_000, until=re.escape(PROMPT[program].strip()))

    def step(line: str) -> str:
        # The screen still shows the last prompt when the line is sent: only the answer tells that it has been run.
        answer = sum(map(int, re.findall(r"\d+", line)))
        return str(bg.send(name, line + "\n", 10_000, until=rf"\n{answer}\n"))

    return step


class Bare:
    """A pseudo-terminal by `os` calls alone."""

    def __init__(self, program: str) -> None:
        pid, self.fd = pty.fork()
        if pid == 0:
            os.execvp(ARGV[program][0], ARGV[program])
        self.prompt = PROMPT[program].encode()
        self.until_prompt(0)

    def until_prompt(self, sent: int) -> str:
        data = b""
        while len(data) <= sent or not data.endswith(self.prompt):
            data += os.read(self.fd, 65536)
        return data.decode()

    def by_pattern(self, line: str) -> str:
        os.write(self.fd, line.encode() + b"\n")
        return self.until_prompt(len(line))

    def by_time(self, line: str) -> str:
        os.write(self.fd, line.encode() + b"\n")
        time.sleep(0.25)
        data = b""
        while select.select([self.fd], [], [], 0)[0]:
            data += os.read(self.fd, 65536)
        return data.decode()


CONTESTANTS: dict[str, Callable[[str], Step]] = {
    "bgterm": bgterm_step,
    "bare": lambda program: Bare(program).by_pattern,
    "pexpect": pexpect_step,
    "ptymini": ptymini_step,
    "fastmux": fastmux_step,
    "fixed": lambda program: Bare(program).by_time,
}


def main(name: str, program: str) -> None:
    step = CONTESTANTS[name](program)
    number = 10_000
    print("ready", flush=True)
    for request in sys.stdin:
        times = []
        for _ in range(int(request)):
            number += 1
            line = LINE[program].format(a=number, b=3 * number)
            began = time.perf_counter()
            said = step(line)
            times.append((time.perf_counter() - began) * 1000)
            if str(4 * number) not in said:
                sys.exit(f"{name}, {program}: {line!r} was answered by {said!r}")
        print(json.dumps(times), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
