"""Pictures of a screen, as PNG, by the renderer that is on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile

_CHROMIUM = ("--headless", "--no-sandbox", "--hide-scrollbars", "--screenshot={target}", "{source}")
_RENDERERS = (
    ("rsvg-convert", ("--zoom=2", "--output={target}", "{source}")),
    ("resvg", ("--zoom", "2", "{source}", "{target}")),
    ("inkscape", ("--export-type=png", "--export-filename={target}", "{source}")),
    ("chromium", _CHROMIUM),
    ("chromium-browser", _CHROMIUM),
    ("google-chrome", _CHROMIUM),
)


def png(svg: str, path: str | os.PathLike[str]) -> None:
    """Write a picture to `path` as PNG: see `Screen.to_png`."""
    target = os.path.abspath(path)
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "screen.svg")
        with open(source, "w", encoding="utf-8") as file:
            file.write(svg)
        _render(source, target, folder)


def _render(source: str, target: str, folder: str) -> None:
    for name, arguments in _RENDERERS:
        if program := shutil.which(name):
            command = [program, *(argument.format(source=source, target=target) for argument in arguments)]
            done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
            if done.returncode or not os.path.exists(target):
                raise RuntimeError(f"{name} could not draw the screen: {done.stderr.strip()}")
            return
    names = ", ".join(name for name, _ in _RENDERERS)
    raise FileNotFoundError(f"there is no renderer for PNG on this machine: install one of {names}, or use to_svg")
