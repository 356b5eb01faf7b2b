"""From bytes to text, page by page, without splitting a character."""

from __future__ import annotations

import codecs
from typing import Protocol

from bgterm.arguments import shown, string


class PageDecoder(Protocol):
    """Decodes one reader's pages."""

    def decode(self, data: bytes, errors: str, final: bool, /) -> tuple[str, int]:
        """The text at the beginning of `data`, and how many bytes it took.

        Bytes of an unfinished character at the end are not taken, unless `final`. Decoding changes nothing:
        `advance` does, once the page is given to its reader.
        """
        ...

    def advance(self, data: bytes, errors: str, /) -> None:
        """The reader has got `data`, and the next page follows on it."""

    def retreat(self) -> None:
        """The reader has not got what `advance` was told last. May be called twice."""

    def continues(self, data: bytes, /) -> int:
        """How many bytes at the beginning of `data` belong to a character that began before it."""
        ...


class _Utf8:
    """UTF-8 has no state between characters."""

    decode = staticmethod(codecs.utf_8_decode)

    def advance(self, _data: bytes, _errors: str, /) -> None:
        pass

    def retreat(self) -> None:
        pass

    def continues(self, data: bytes, /) -> int:
        count = 0
        while count < min(3, len(data)) and data[count] & 0xC0 == 0x80:
            count += 1
        return count


class _Incremental:
    """Any other encoding, also one with states such as ISO-2022-JP."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._flags: int | None = None  # not 0: CPython's ISO-2022 decoders begin with another state, and crash on 0
        self._flags_before: int | None = None

    def _decoder(self, errors: str) -> codecs.IncrementalDecoder:
        decoder = codecs.getincrementaldecoder(self._encoding)(errors)
        if self._flags is not None:
            decoder.setstate((b"", self._flags))
        return decoder

    def decode(self, data: bytes, errors: str, final: bool, /) -> tuple[str, int]:
        decoder = self._decoder(errors)
        text = decoder.decode(data, final)
        return text, len(data) if final else len(data) - len(decoder.getstate()[0])

    def advance(self, data: bytes, errors: str, /) -> None:
        decoder = self._decoder(errors)
        decoder.decode(data)
        flags = decoder.getstate()[1]
        self._flags_before, self._flags = self._flags, flags

    def retreat(self) -> None:
        self._flags = self._flags_before

    def continues(self, _data: bytes, /) -> int:
        return 0


def page_decoder(encoding: str) -> PageDecoder:
    """A decoder for one reader; `encoding` has passed `check_encoding`."""
    return _Utf8() if codecs.lookup(encoding).name == "utf-8" else _Incremental(encoding)


def check_encoding(encoding: object, errors: object) -> None:
    """Raise LookupError unless output can be decoded so, and text encoded; TypeError for what are no strings."""
    name, handling = string("encoding", encoding), string("errors", errors)
    try:
        known = codecs.lookup(name)
        codecs.getincrementaldecoder(name)
        "".encode(name)  # raises LookupError for one that is not of text, such as rot13
    except (LookupError, ValueError):  # as codecs.lookup does for names with a NUL or a lone surrogate
        raise LookupError(f"encoding must be the name of a text encoding that has pieces, not {shown(name)}") from None
    try:
        codecs.lookup_error(handling)(UnicodeDecodeError(known.name, b"\xff", 0, 1, "to see what is made of it"))
    except UnicodeDecodeError:
        pass  # as "strict" does
    except (LookupError, TypeError, ValueError):  # a TypeError of what only encodes, such as "xmlcharrefreplace"
        raise LookupError(f"errors must be the name of an error handler for decoding, not {shown(handling)}") from None
    if known.name != "utf-8":
        try:
            _Incremental(name).decode(bytes(range(256)), "replace", True)
        except UnicodeError:  # "utf-16" wants a mark at the beginning (utf-16-le does not), "idna" decodes domains
            raise LookupError(f"the encoding {shown(name)} cannot decode whatever a program writes") from None
