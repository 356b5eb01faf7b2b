"""Programs that mean something by their name alone."""

from __future__ import annotations

MULTIPLEXERS = frozenset({"tmux: client", "tmux: server", "screen", "zellij"})
"""They draw a screen of their own: the marks in it are theirs, not those of the program that shows in it."""

RELAYS = MULTIPLEXERS | {
    *("ssh", "mosh-client", "et", "telnet", "rlogin", "nc", "ncat", "socat", "adb", "picocom", "minicom", "cu", "tio"),
    *("docker", "podman", "nerdctl", "kubectl", "oc", "crictl", "lxc", "incus", "machinectl", "distrobox", "wsl"),
    *("abduco", "dtach", "shpool"),
}
"""They carry a terminal to where this kernel does not look: another machine, a container's server, a multiplexer."""

INTERRUPTED_BY_KEY = RELAYS | {"script"}
"""A signal would end these themselves: Ctrl-C has to go to where they carry it."""

SHELLS = frozenset(
    {"sh", "bash", "dash", "ash", "busybox", "ksh", "mksh", "zsh", "fish", "tcsh", "csh", "nu", "xonsh", "elvish"}
)

MULTI_CALL = frozenset({"busybox", "toybox"})
"""Many programs in one: which one it is stands in the arguments."""

WOKEN_BY_THEMSELVES = frozenset({"fish", "gdb", "more", "racket"})
"""They wait for the terminal and for descriptors to which only they write, and not from a thread or a child that works
meanwhile."""

ASK_FOR_SECRETS = frozenset({"pinentry", "pinentry-curses", "pinentry-tty"})
"""They ask for a secret, in a form of their own."""

_LEAVE_BY = {
    **dict.fromkeys(("less", "more", "most", "pager", "pg", "lv", "man", "info", "w3m", "lynx"), "q"),
    **dict.fromkeys(("top", "htop", "btop", "atop", "iotop", "tig"), "q"),
    **dict.fromkeys(
        ("vi", "vim", "vim.basic", "vim.tiny", "nvim", "view", "vimdiff", "editor"), "Escape, then :q! Enter"
    ),
    **dict.fromkeys(("nano", "pico"), "C-x"),
    **dict.fromkeys(("emacs", "mg"), "C-x C-c"),
    "mc": "F10",
    **dict.fromkeys(("dialog", "whiptail", "fzf"), "Escape"),
    **dict.fromkeys(ASK_FOR_SECRETS, "C-c"),
}
FULL_SCREEN = frozenset(_LEAVE_BY)
"""They take keys, not lines, and fill the screen; also where they do so on the main screen."""


def leave_by(name: str) -> str:
    """The keys that leave a full-screen program, "" where they are not known."""
    return _LEAVE_BY.get(name, "")
