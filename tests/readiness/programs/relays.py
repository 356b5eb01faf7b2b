"""Programs that carry the terminal to a shell."""

from __future__ import annotations

from dataclasses import replace

from readiness.programs.entry import QUESTION, Entry
from readiness.programs.shells import SHELLS

_BASH = SHELLS["bash"]

# A picture does not tell the cursor's row. What an outer multiplexer says of itself is not for this one.
_IN_PICTURE = replace(_BASH, needs=("bash",), asks="", env={"TMUX": "", "STY": ""})

RELAYS: dict[str, Entry] = {
    "script": replace(_BASH, argv=("script", "-qc", "bash --norc", "/dev/null"), needs=("bash",)),
    "sudo": replace(_BASH, argv=("sudo", "-n", "bash", "--norc"), needs=("bash",)),
    "ssh": replace(
        _BASH,
        argv=("ssh", "-F", "{server}", "here", "bash --norc -i"),
        # A question by a program over there is one of the things that cannot be known.
        work={kind: work for kind, work in _BASH.work.items() if kind != QUESTION},
        server="sshd",
    ),
    "su -c": replace(_BASH, argv=("su", "-c", "bash --norc"), needs=("bash",), root=True),
    "runuser -c": replace(_BASH, argv=("runuser", "-c", "bash --norc", "root"), needs=("bash",), root=True),
    "setsid -w": replace(_BASH, argv=("setsid", "-w", "bash", "--norc"), needs=("bash",)),
    "rlwrap": replace(SHELLS["dash"], argv=("rlwrap", "dash"), needs=("dash",), more=True),
    "tmux": replace(_IN_PICTURE, argv=("tmux", "-L", "bgterm-table", "-f", "/dev/null", "new-session", "bash --norc")),
    "screen": replace(_IN_PICTURE, argv=("screen", "-q", "-c", "/dev/null", "bash", "--norc")),
}
