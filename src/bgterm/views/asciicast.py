"""A transcript as an asciicast, the format of asciinema and its player (docs.asciinema.org, versions 2 and 3)."""

from __future__ import annotations

import codecs
import json
import os
import re
from typing import TYPE_CHECKING, Any

from bgterm.arguments import shown
from bgterm.views.files import replacing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bgterm.views.transcript import Recording

VERSIONS = (2, 3)

_SURROGATE = re.compile("[\ud800-\udfff]")


def export_asciicast(
    transcript: Recording,
    path: str | os.PathLike[str],
    *,
    version: int = 3,
    encoding: str = "utf-8",
    exit_code: int | None = None,
    title: str | None = None,
) -> None:
    """Write `transcript` to `path`.

    Parameters
    ----------
    transcript: what to export; it may still be growing.
    path: the file to write, for its owner alone; what is there is replaced once all is written.
    version: of the format, 3 or 2.
    encoding: of the output. asciicasts are UTF-8, so bytes that cannot be decoded become U+FFFD.
    exit_code: of the program, where it has exited; version 3 tells it.
    title: shown by players.

    Raises ValueError for another version, OSError where the file cannot be written.
    """
    if version not in VERSIONS:
        raise ValueError(f"version: asciicast has versions 2 and 3, not {shown(version)}")
    with replacing(os.fsdecode(path)) as file:
        file.write(_line(json.dumps(_header(transcript.about, version, title), ensure_ascii=False)))
        file.writelines(_lines(transcript, version, encoding, exit_code))


def _lines(transcript: Recording, version: int, encoding: str, exit_code: int | None) -> Iterator[bytes]:
    before = 0.0
    for seconds, kind, data in _events(transcript, encoding, exit_code if version == 3 else None):
        # Intervals are taken between rounded times, so that they add up.
        now = max(before, round(seconds, 6))
        # In decimals: asciinema does not read 1e-05.
        when = f"{now - before if version == 3 else now:.6f}"
        yield _line(f"[{when}, {json.dumps(kind)}, {json.dumps(data, ensure_ascii=False)}]")
        before = now


def _line(text: str) -> bytes:
    """A line of the file, in which a lone surrogate, that UTF-8 does not have, is U+FFFD."""
    try:
        return text.encode() + b"\n"
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text).encode() + b"\n"


def _header(about: dict[str, Any], version: int, title: str | None) -> dict[str, Any]:
    size = {"cols": about["cols"], "rows": about["rows"]}
    header: dict[str, Any] = {"version": version}
    if version == 3:
        header["term"] = size | ({"type": about["term"]} if about.get("term") else {})
    else:
        header |= {"width": size["cols"], "height": size["rows"]}
    header["timestamp"] = int(about["started"])
    if about.get("command"):
        header["command"] = about["command"]
    if title is not None:
        header["title"] = title
    if version != 3 and about.get("term"):
        header["env"] = {"TERM": about["term"]}
    return header


def _events(transcript: Recording, encoding: str, exit_code: int | None) -> Iterator[tuple[float, str, str]]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    seconds = 0.0
    for event in transcript.events():
        seconds = event.seconds
        if event.kind == "o":
            text = decoder.decode(event.data)
            if text:
                yield seconds, "o", text
        elif event.kind == "r":
            yield seconds, "r", f"{event.cols}x{event.rows}"
        else:
            yield seconds, "m", event.label
    if rest := decoder.decode(b"", final=True):
        yield seconds, "o", rest
    if exit_code is not None:
        yield seconds, "x", str(exit_code)
