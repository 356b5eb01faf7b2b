"""Python: the marks of OSC 133 around prompts. Run as PYTHONSTARTUP; runs the user's own first."""
from __future__ import annotations


def _bgterm():
    """The path of the user's file, where there is one. The environment is as the user left it from here on."""
    import os

    users = os.environ.pop("BGTERM_PYTHONSTARTUP", None)
    if users is None:
        os.environ.pop("PYTHONSTARTUP", None)
    else:
        os.environ["PYTHONSTARTUP"] = users
    return users


def _bgterm_prompts():
    """Let sys.ps1 and sys.ps2, as they are now, tell the marks as well."""
    import sys

    def mark(text):
        if "readline" in sys.modules and "_pyrepl.readline" not in sys.modules:
            return "\001\033]133;" + text + "\a\002"  # so that the line editor does not count it as columns
        return "\033]133;" + text + "\a"

    class Prompt:
        """Made into a string each time that it is shown."""

        def __init__(self, text, kind):
            self.text = text
            self.kind = kind
            self.statements = None
            self.raised = None

        def __str__(self):
            if "_pyrepl.readline" in sys.modules:
                # It makes and draws the prompt anew at every key: the marks are told once, before it.
                statements = sys.modules["_pyrepl.readline"].get_current_history_length()
                if not self.kind and statements != self.statements:
                    self.statements = statements
                    sys.stdout.write(self.ended() + mark("A"))
                    sys.stdout.flush()
                return str(self.text)
            return self.ended() + mark("A" + self.kind) + str(self.text) + mark("B")

        def ended(self):
            """What the last statement came to: 1 if it raised. There is none before the first prompt."""
            last = (getattr(sys, "last_value", None),)
            before, self.raised = self.raised, last
            return "" if self.kind or before is None else mark(f"D;{last[0] is not before[0]:d}")

    sys.ps1 = Prompt(getattr(sys, "ps1", ">>> "), "")
    sys.ps2 = Prompt(getattr(sys, "ps2", "... "), ";k=s")


_bgterm = _bgterm()
try:
    if _bgterm is not None and __import__("os").path.isfile(_bgterm):
        with open(_bgterm, "rb") as _bgterm:
            _bgterm = compile(_bgterm.read(), _bgterm.name, "exec")
        exec(_bgterm)
finally:
    _bgterm_prompts()
    del _bgterm, _bgterm_prompts
