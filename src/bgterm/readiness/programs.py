"""Programs that mean something by their name alone."""

from __future__ import annotations

RELAYS = frozenset(
    {
        *("ssh", "mosh-client", "et", "telnet", "rlogin", "nc", "ncat", "socat", "adb", "picocom", "minicom"),
        *("docker", "podman", "nerdctl", "kubectl", "oc", "crictl", "lxc", "incus", "machinectl", "distrobox", "wsl"),
        *("tmux: client", "screen", "zellij", "abduco", "dtach", "shpool"),
    }
)
"""They carry a terminal to where this kernel does not look: another machine, a container's server, a multiplexer."""

SHELLS = frozenset(
    {"sh", "bash", "dash", "ash", "busybox", "ksh", "mksh", "zsh", "fish", "tcsh", "csh", "nu", "xonsh", "elvish"}
)
