"""Programs that take keys and fill the screen."""

from __future__ import annotations

SCREENS = {
    "less": (("less", "/etc/passwd"), "q", "certain"),
    "nano": (("nano", "/etc/passwd"), "\x18", "certain"),
    "dialog": (("dialog", "--yesno", "Go on?", "10", "40"), "\r", "certain"),
    # These listen for a time, and then do something by themselves.
    "vim": (("vim", "-u", "NONE", "-n", "/etc/passwd"), ":q!\r", "marks"),
    "htop": (("htop",), "q", "marks"),
    "top": (("top",), "q", "marks"),
}
"""Their arguments, what leaves them, and how sure it is that they wait."""
