"""From bytes to text, page by page, without splitting a character."""

from __future__ import annotations

import codecs
from typing import Protocol


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
    """A decoder for one reader. Raises LookupError for an unknown encoding, or one that has no pieces."""
    if codecs.lookup(encoding).name == "utf-8":
        return _Utf8()
    try:
        codecs.getincrementaldecoder(encoding)
    except LookupError:
        raise LookupError(f"the encoding {encoding!r} cannot be decoded piece by piece") from None
    return _Incremental(encoding)
