"""Python's REPLs and debugger."""

from __future__ import annotations

from dataclasses import replace

from readiness.programs.entry import (
    CHILD,
    COMPUTING,
    ERROR,
    FLOOD,
    NETWORK,
    PROGRESS,
    PROMPTLIKE,
    QUESTION,
    SILENT,
    TICKING,
    Entry,
)

_SAY = "print({a}+{b})"
_DONE = "open('{file}', 'w').close()"
_WORK = {
    SILENT: "time.sleep(1.5)",
    TICKING: "[(print('tick', flush=True), time.sleep(0.1))[1] for i in range(8)].clear()",
    FLOOD: "print(*range(60000), sep='\\n')",
    COMPUTING: "_ = sum(range(20_000_000))",
    NETWORK: "_ = socket.create_connection(('127.0.0.1', {port})).recv(1)",
    CHILD: "_ = subprocess.run(['sleep', '0.7'])",
    QUESTION: "_ = input('Go? ')",
    PROGRESS: "[(print(f'\\rDownloading {i}0%', end='', flush=True), time.sleep(0.1))[1] for i in range(8)].clear()",
    PROMPTLIKE: "print('ready> ', end='', flush=True); time.sleep(1)",
}
_FAILS = {ERROR: "open('{file}', 'w').close(); raise ValueError({a}+{b})"}
_FIRST = ("import time, socket, subprocess",)


def _python(*argv: str, more: bool = False, **env: str) -> Entry:
    return Entry(argv, _SAY, _DONE, _WORK, _FAILS, first=_FIRST, env=env, more=more)


_AWAITED = _WORK | {
    SILENT: "await asyncio.sleep(1.5)",
    PROMPTLIKE: "print('> ', end='', flush=True); await asyncio.sleep(1)",
}

PYTHONS = {
    "python": _python("python3", "-q"),
    "python3.12": replace(_python("python3.12", "-q", more=True), rare=True),
    "python3.13": replace(_python("python3.13", "-q", more=True), rare=True),
    "pypy3": _python("pypy3", "-q", more=True),
    "python -m asyncio": replace(_python("python3", "-q", "-m", "asyncio"), work=_AWAITED),
    "pdb": _python("python3", "-c", "import pdb; pdb.set_trace()"),
    "ipython": _python("ipython", "--no-banner", "--colors=NoColor"),
    "ipython --simple-prompt": _python("ipython", "--no-banner", "--simple-prompt"),
    "ptpython": _python("ptpython", more=True),
    "xonsh": replace(_python("xonsh", "--no-rc", more=True), asks="Go?"),
}
