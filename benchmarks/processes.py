"""What Linux knows of a process: its processor time and its memory."""

import os
from dataclasses import dataclass
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Memory:
    """A process's resident memory in bytes.

    Attributes:
        resident: All of it.
        private: What it shares with no file and no other process: what one more process costs.
    """

    resident: int
    private: int

    def __add__(self, other: "Memory") -> "Memory":
        return Memory(self.resident + other.resident, self.private + other.private)


def cpu_seconds(pid: int) -> float:
    """Return the processor time that all threads of a process have used, in seconds.

    Raises:
        OSError: there is no such process.
    """
    # The name, in brackets, may hold spaces; utime and stime are the 14th and 15th field.
    after_name = (PROC / str(pid) / "stat").read_text().rpartition(") ")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / TICKS_A_SECOND


def memory(pid: int) -> Memory:
    """Return the memory of a process.

    Raises:
        OSError: there is no such process, or it belongs to somebody else.
    """
    kilobytes = {}
    for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]:
        name, _, value = line.partition(":")
        kilobytes[name] = int(value.split()[0])
    private = kilobytes["Anonymous"]
    return Memory(resident=kilobytes["Rss"] * 1024, private=private * 1024)
