"""Python: the marks of OSC 133 around prompts. Run as PYTHONSTARTUP; runs the user's own file first."""

from __future__ import annotations


def _bgterm() -> None:  # noqa: C901 - one name in the user's namespace, and that for a moment
    # The user's namespace is left as it would be: imports stay inside.
    import os  # noqa: PLC0415
    import sys  # noqa: PLC0415

    signature = ";bgterm=" + os.environ.pop("BGTERM_SECRET", "")  # what is started from here does not inherit it

    def mark(text: str) -> str:
        text += signature
        if "readline" in sys.modules and "_pyrepl.readline" not in sys.modules:
            return "\001\033]133;" + text + "\a\002"  # so that the line editor does not count it as columns
        return "\033]133;" + text + "\a"

    class Prompt:
        """Made into a string each time that it is shown."""

        def __init__(self, text: object, kind: str) -> None:
            self.text = text
            self.kind = kind
            self.statements = -1
            self.last: object = self  # before the first prompt

        def __str__(self) -> str:
            if "_pyrepl.readline" in sys.modules:
                # It makes and draws the prompt anew at every key: the marks are told once, before it.
                statements = sys.modules["_pyrepl.readline"].get_current_history_length()
                if not self.kind and statements != self.statements:
                    self.statements = statements
                    sys.stdout.write(self.ended() + mark("A"))
                    sys.stdout.flush()
                return str(self.text)
            return self.ended() + mark("A" + self.kind) + str(self.text) + mark("B")

        def ended(self) -> str:
            """What the last statement came to: 1 if it raised. There is none before the first prompt."""
            before, self.last = self.last, getattr(sys, "last_value", None)
            if self.kind or before is self:
                return ""
            return mark("D;1" if self.last is not before else "D;0")

    users = os.environ.pop("BGTERM_PYTHONSTARTUP", None)
    if users is None:
        os.environ.pop("PYTHONSTARTUP", None)
    else:
        os.environ["PYTHONSTARTUP"] = users
    try:
        if users is not None and os.path.isfile(users):
            with open(users, "rb") as file:
                exec(compile(file.read(), users, "exec"), globals())  # noqa: S102 - Python itself would have
    finally:
        sys.ps1 = Prompt(getattr(sys, "ps1", ">>> "), "")
        sys.ps2 = Prompt(getattr(sys, "ps2", "... "), ";k=s")


_bgterm()
del _bgterm, annotations
