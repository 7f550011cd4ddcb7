"""Bytes that are read from front to back, of which only a stretch is held at a time."""

from collections.abc import Iterator

# A varint of 64 bits, seven in each byte.
VARINT_BYTES = 10
MASK = 0xFFFF_FFFF_FFFF_FFFF
SIGN = 1 << 63


class Broken(Exception):
    """What should be records is not."""


def int64(number: int) -> int:
    """Return what is left of a number in 64 bits, as Java computes."""
    return (number + SIGN) % (2 * SIGN) - SIGN


def varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the number at `at`, not yet signed, and where the bytes after it begin.

    Raises:
        Broken: it is too long for 64 bits.
        IndexError: it does not end before `data` does.
    """
    number = shift = 0
    for position in range(at, at + VARINT_BYTES):
        byte = data[position]
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number & MASK, position + 1
        shift += 7
    raise Broken("a number does not end")


def signed_varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the number at `at` as Kafka means it: 0, -1, 1, -2, 2 for 0, 1, 2, 3, 4.

    Raises:
        Broken: it is too long for 64 bits.
        IndexError: it does not end before `data` does.
    """
    number, at = varint(data, at)
    return (number >> 1) ^ -(number & 1), at


class Window:
    """The bytes `data[at:end]`, followed by those that `more` gives.

    Whoever reads moves `at` by itself while it stays before `end`; that is what makes it fast.
    """

    __slots__ = ("_before", "_more", "at", "data", "end")

    def __init__(self, data: bytes, at: int, end: int, more: Iterator[bytes] | None) -> None:
        self.data = data
        self.at = at
        self.end = end
        self._more = more
        # Bytes that were read before `data` began.
        self._before = -at

    @property
    def position(self) -> int:
        """The number of bytes that were read."""
        return self._before + self.at

    @property
    def whole(self) -> bool:
        """Whether nothing comes after `end`, as far as is known."""
        return self._more is None

    def ensure(self, count: int) -> bool:
        """Hold at least `count` bytes; return whether there are as many.

        Raises:
            Undecodable: what should follow cannot be decompressed.
        """
        missing = count - (self.end - self.at)
        if missing > 0 and self._more is not None:
            held = [self.data[self.at : self.end]]
            while missing > 0 and self._more is not None:
                part = next(self._more, None)
                if part is None:
                    self._more = None
                else:
                    held.append(part)
                    missing -= len(part)
            self._before += self.at
            self.data = held[0] if len(held) == 1 else b"".join(held)
            self.at, self.end = 0, len(self.data)
        return missing <= 0

    def skip(self, count: int) -> bool:
        """Pass over `count` bytes without holding them; return whether there are as many.

        Raises:
            Undecodable: what should follow cannot be decompressed.
        """
        while count > self.end - self.at and self._more is not None:
            count -= self.end - self.at
            self._before += self.end
            part = next(self._more, None)
            if part is None:
                self._more = None
            self.data = part or b""
            self.at, self.end = 0, len(self.data)
        passed = min(count, self.end - self.at)
        self.at += passed
        return passed == count
