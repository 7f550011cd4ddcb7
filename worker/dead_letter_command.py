"""`python -m worker dead-letters list|show|replay`: options, and what is printed."""

import argparse
import logging
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import closing

from configuration.command_line import OneLineParser, add_settings_options
from configuration.errors import SettingsError
from worker.kafka_committed_reader import CommittedReader
from worker.letter_selection import Selection, add_selection_options, place
from worker.letter_views import in_full, one_line, one_object
from worker.printing import run_printing
from worker.replay_command import replay
from worker.safe_text import escaped
from worker.settings import WorkerSettings
from worker.stored_letters import Place, ReplayNote, StoredLetter, read_back

PROGRAM = "python -m worker dead-letters"
DONE, FAILED = 0, 1


def dead_letters_parser() -> OneLineParser:
    """Return the parser of the `dead-letters` command."""
    parser = OneLineParser(
        prog=PROGRAM,
        description="Look into the dead-letter topic, and send its records through again.",
    )
    commands = parser.add_subparsers(metavar="list|show|replay", required=True)

    listing = commands.add_parser("list", help="one line a dead letter")
    listing.set_defaults(command=list_letters)
    add_selection_options(listing)
    listing.add_argument("--json", action="store_true", help="one JSON object a line")

    showing = commands.add_parser("show", help="everything about some dead letters")
    showing.set_defaults(command=show)
    showing.add_argument("places", nargs="+", type=place, metavar="PARTITION:OFFSET")
    size = showing.add_mutually_exclusive_group()
    size.add_argument("--full", action="store_true", help="values to their end, however large")
    size.add_argument("--raw", action="store_true", help="the value as it is, to a file or a pipe")

    replaying = commands.add_parser(
        "replay",
        help="put originals back into the input topic, each once",
        description="Put originals back into the input topic. What was replayed before is left "
        "out, also when this was ended in the middle and is run again.",
    )
    replaying.set_defaults(command=replay)
    replaying.add_argument("places", nargs="*", type=place, metavar="PARTITION:OFFSET")
    add_selection_options(replaying)
    replaying.add_argument("--all", action="store_true", help="all dead letters there are")
    replaying.add_argument("--again", action="store_true", help="also what was replayed before")
    replaying.add_argument("--dry-run", action="store_true", help="only print what would be done")
    replaying.add_argument("--yes", action="store_true", help="do not ask")

    for command in (listing, showing, replaying):
        add_settings_options(command, WorkerSettings)
    return parser


def dead_letters(settings: WorkerSettings, arguments: argparse.Namespace) -> int:
    """Run `list`, `show` or `replay`; return the exit code.

    Raises:
        SettingsError: the options do not go together.
        ConfigurationError: no broker answers, or a topic does not exist.
        CannotGoOn: the broker refuses us or went away; for a replay, another one took over.
    """
    # The client tells what becomes of every connection; what became of the command is ours to say.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    return run_printing(lambda: arguments.command(settings, arguments))


def list_letters(settings: WorkerSettings, arguments: argparse.Namespace) -> int:
    """Print a line for every dead letter chosen, and on standard error how many of each reason."""
    selection = Selection.of(arguments)
    view = one_object if arguments.json else one_line
    counts: Counter[str] = Counter()
    with closing(CommittedReader(settings, settings.dead_letter_topic)) as reader:
        notes = (item for item in map(read_back, reader.read()) if isinstance(item, ReplayNote))
        replayed = {note.place for note in notes}
        for letter in map(read_back, reader.read()):
            if counts.total() == arguments.limit:
                break
            if isinstance(letter, StoredLetter) and selection.fits(letter):
                counts[letter.reason or "no reason"] += 1
                print(view(letter, replayed=letter.place in replayed))
    print(_summary(counts), file=sys.stderr)
    return DONE


def show(settings: WorkerSettings, arguments: argparse.Namespace) -> int:
    """Print everything about the dead letters at some places; 1 where there is none."""
    if arguments.raw and (len(arguments.places) > 1 or sys.stdout.isatty()):
        raise SettingsError(
            "--raw writes one dead letter's bytes as they are: name one, and send the output to a "
            "file or a pipe, for a terminal would obey them"
        )
    topic, code = settings.dead_letter_topic, DONE
    with closing(CommittedReader(settings, topic)) as reader:
        for where, record in zip(arguments.places, reader.read_at(arguments.places), strict=True):
            letter = record and read_back(record)
            if not isinstance(letter, StoredLetter):
                print(f"{PROGRAM}: {_nothing_at(where, topic, reader.spans())}", file=sys.stderr)
                code = FAILED
            elif arguments.raw:
                sys.stdout.buffer.write(letter.value or b"")
            else:
                print(*in_full(letter, topic, whole=arguments.full), sep="\n")
    return code


def _summary(counts: Counter[str]) -> str:
    """How many dead letters, and how many of each reason, the most frequent first."""
    total = counts.total()
    reasons = ", ".join(f"{count} {escaped(name.encode())}" for name, count in counts.most_common())
    return f"{total} dead letter{'' if total == 1 else 's'}" + (f": {reasons}" if reasons else "")


def _nothing_at(where: Place, topic: str, spans: Mapping[int, range]) -> str:
    if where.partition not in spans:
        return f"{topic} has no partition {where.partition}, only 0 to {len(spans) - 1}"
    held = spans[where.partition]
    there = f"offsets {held.start} to {held.stop - 1}" if held else "nothing"
    return f"{topic} has no dead letter at {where}: partition {where.partition} holds {there}" + (
        ", and Kafka's own marks among them" if where.offset in held else ""
    )
