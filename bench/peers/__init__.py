"""The same REPL session by other means: each contestant in a process and an environment of its own."""
