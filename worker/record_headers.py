"""A record's headers, whatever their names are made of."""

from worker.messages import Flaw, Headers, Reason, UndecodedName
from worker.record_window import Broken, signed_varint, varint


def read_headers(data: bytes, at: int, end: int, most: int) -> tuple[Headers, int, Flaw | None]:
    """Return the headers at `at`, where they end, and their flaw where there are too many.

    Of those the first `most` are returned; the flaw's size is that of all headers.

    Raises:
        Broken: what should be a header is none.
        IndexError: so does this say.
    """
    first = at
    count, at = signed_varint(data, at)
    if count < 0:
        raise Broken(f"{count} headers")
    headers: list[tuple[str, bytes | None]] = []
    for _ in range(min(count, most)):
        # Most lengths have one byte: a call for each would double the time.
        if (number := data[at]) < 128:
            at += 1
        else:
            number, at = varint(data, at)
        if number & 1:
            raise Broken("a header without a name")
        raw = data[at : (at := at + (number >> 1))]
        try:
            name = raw.decode()
        except UnicodeDecodeError:
            name = UndecodedName(raw.decode("utf-8", "surrogateescape"))
        if (number := data[at]) < 128:
            at += 1
        else:
            number, at = varint(data, at)
        headers.append((name, None if number & 1 else data[at : (at := at + (number >> 1))]))
        if at > end:
            raise Broken("a header ends after its record")
    if count <= most:
        return tuple(headers), at, None
    message = f"{count} headers, more than the {most} allowed"
    return tuple(headers), end, Flaw(Reason.TOO_MANY_HEADERS, message, end - first)
