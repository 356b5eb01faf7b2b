"""A terminal of our own: a program in a pseudo-terminal of this process."""
