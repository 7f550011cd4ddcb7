"""The records of a batch, some at a time, whatever was put into it. No I/O here."""

from msgspec.structs import replace

from worker.compression import Undecodable
from worker.cut_records import read_cut
from worker.messages import Flaw, RawRecord, Reason, size_bytes
from worker.record_batches import RecordBatch
from worker.record_headers import read_headers
from worker.record_limits import AROUND_BYTES, RecordLimits
from worker.record_window import VARINT_BYTES, Broken, int64, signed_varint, varint

# A timestamp nearer to zero, with a distance as near, is one of 64 bits for sure.
FAR = 1 << 61


class RecordReader:
    """Reads one batch from front to back.

    A batch whose checksum is right and whose records are not is what its producer sent. From the
    first record that cannot be read on, all of it becomes one record with a flaw, whose value is
    the batch as it came.
    """

    def __init__(
        self,
        batch: RecordBatch,
        topic: str,
        partition: int,
        limits: RecordLimits,
        first_offset: int = 0,
    ) -> None:
        """Prepare to read the records from `first_offset` on; those before it are left out."""
        self._batch = batch
        self._topic = topic
        self._partition = partition
        self._limits = limits
        self._first_offset = first_offset
        self._window = batch.window()
        self._left = batch.count
        self._next_offset = batch.base_offset
        self.done = False

    @property
    def bytes_read(self) -> int:
        """Plain bytes that were read so far, held or not."""
        return self._window.position

    def take(self, most: int, most_bytes: int) -> list[RawRecord]:
        """Return the next records: at most `most`, and none that begins after `most_bytes`."""
        taken: list[RawRecord] = []
        window = self._window
        stop = window.position + most_bytes
        try:
            while self._left and len(taken) < most and window.position < stop:
                if self._next_is_held():
                    self._take_held(taken, most, stop - window.position)
                else:
                    self._take_cut(taken)
            if not self._left:
                self._end()
        except (Broken, Undecodable, IndexError) as error:
            why = "a record ends after its batch" if isinstance(error, IndexError) else str(error)
            taken.append(self._rest(taken[-1].offset + 1 if taken else self._next_offset, why))
            self.done = True
        if self._batch.base_offset < self._first_offset:
            taken = [record for record in taken if record.offset >= self._first_offset]
        return taken

    def _end(self) -> None:
        """Note that every record was read.

        Raises:
            Broken: there is more.
        """
        if self._batch.count and self._window.ensure(1):
            raise Broken("bytes are left after the last record")
        self.done = True

    def _next_is_held(self) -> bool:
        """Hold the next record, unless it is too large for that.

        Raises:
            Broken: there is no such record.
        """
        window = self._window
        window.ensure(VARINT_BYTES)
        length, body = signed_varint(window.data, window.at)
        if length < 0:
            raise Broken(f"a record of {length} bytes")
        total = body - window.at + length
        if total > self._limits.kept_bytes + AROUND_BYTES and not window.whole:
            return False
        # What follows the record is asked for too: then the length of the next one is whole.
        if not window.ensure(total + VARINT_BYTES) and total > window.end - window.at:
            raise Broken("the last record is cut off")
        return True

    def _take_held(  # noqa: PLR0912, PLR0915 - see below
        self, taken: list[RawRecord], most: int, most_bytes: int
    ) -> None:
        """Take the records that the window holds.

        Every number is decoded in place where it has one byte or two, as nearly all have: with
        a call for each, a record takes twice as long.

        Raises:
            Broken: what should be a record is none.
            IndexError: so does this say.
        """
        window, batch, limits = self._window, self._batch, self._limits
        topic, partition, last_offset = self._topic, self._partition, batch.last_offset
        base, base_ms, append_ms = batch.base_offset, batch.base_timestamp_ms, batch.append_ms
        far = not -FAR < base_ms < FAR
        data, at, end = window.data, window.at, window.end
        stop = min(at + most_bytes, end if window.whole else end - VARINT_BYTES)
        wanted, lowest = most - len(taken), self._next_offset
        wanted = before = min(self._left, wanted)
        while wanted and at < stop:
            start = at
            # The length of the record.
            if (number := data[at]) < 128:
                at += 1
            elif (more := data[at + 1]) < 128:
                number += (more << 7) - 128
                at += 2
            else:
                number, at = varint(data, at)
            record_end = at + (number >> 1)
            if record_end > end or number & 1:
                at = start
                break
            # A byte of attributes, none of which is defined, and the timestamp.
            at += 1
            if (number := data[at]) < 128:
                at += 1
            elif (more := data[at + 1]) < 128:
                number += (more << 7) - 128
                at += 2
            else:
                number, at = varint(data, at)
                far = far or number > FAR
            timestamp_ms = base_ms + ((number >> 1) ^ -(number & 1))
            # The offset.
            if (number := data[at]) < 128:
                at += 1
            elif (more := data[at + 1]) < 128:
                number += (more << 7) - 128
                at += 2
            else:
                number, at = varint(data, at)
            offset = base + ((number >> 1) ^ -(number & 1))
            if not lowest <= offset <= last_offset:
                raise Broken(f"offset {offset} is not from {lowest} to {last_offset}")
            # The key, of which a negative length makes a null.
            if (number := data[at]) < 128:
                at += 1
            elif (more := data[at + 1]) < 128:
                number += (more << 7) - 128
                at += 2
            else:
                number, at = varint(data, at)
            key = None if number & 1 else data[at : (at := at + (number >> 1))]
            # The value.
            if (number := data[at]) < 128:
                at += 1
            elif (more := data[at + 1]) < 128:
                number += (more << 7) - 128
                at += 2
            else:
                number, at = varint(data, at)
            value = None if number & 1 else data[at : (at := at + (number >> 1))]
            if append_ms is not None:
                timestamp_ms = append_ms
            elif far:
                timestamp_ms = int64(timestamp_ms)
            if data[at] == 0:
                at += 1
                record = RawRecord(topic, partition, offset, timestamp_ms, key, value, ())
            else:
                headers, at, flaw = read_headers(data, at, record_end, limits.headers)
                if flaw is not None:
                    flaw = replace(flaw, size_bytes=flaw.size_bytes + size_bytes(key, value, ()))
                record = RawRecord(
                    topic, partition, offset, timestamp_ms, key, value, headers, flaw
                )
            if at != record_end:
                raise Broken(f"a record ends {at - record_end:+} bytes from its end")
            taken.append(record)
            lowest = offset + 1
            wanted -= 1
        window.at = at
        self._next_offset = lowest
        self._left -= before - wanted

    def _take_cut(self, taken: list[RawRecord]) -> None:
        """Take the next record, which is too large to be held.

        Raises:
            Broken: it is no record.
            IndexError: so does this say.
        """
        batch = self._batch
        cut = read_cut(self._window, self._limits)
        offset = batch.base_offset + cut.offset_delta
        if not self._next_offset <= offset <= batch.last_offset:
            raise Broken(f"offset {offset} is not from {self._next_offset} to {batch.last_offset}")
        timestamp_ms = batch.append_ms
        if timestamp_ms is None:
            timestamp_ms = int64(batch.base_timestamp_ms + cut.timestamp_delta_ms)
        where = self._topic, self._partition, offset
        taken.append(RawRecord(*where, timestamp_ms, cut.key, cut.value, cut.headers, cut.flaw))
        self._next_offset = offset + 1
        self._left -= 1

    def _rest(self, first: int, why: str) -> RawRecord:
        """Return what stands for all records of the batch from offset `first` on."""
        batch, raw = self._batch, self._batch.as_it_came
        first = min(first, batch.last_offset)
        message = f"offsets {first} to {batch.last_offset} cannot be read, here is their batch: "
        return RawRecord(
            self._topic,
            self._partition,
            first,
            batch.base_timestamp_ms if batch.append_ms is None else batch.append_ms,
            None,
            raw[: self._limits.kept_bytes],
            (),
            Flaw(Reason.CORRUPT_BATCH, message + why, len(raw)),
        )
