"""`python -m worker dead-letters replay`: which, whether really, and what became of it."""

import argparse
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, closing

from configuration.errors import SettingsError
from worker.kafka_committed_reader import CommittedReader
from worker.kafka_replay import Replayer
from worker.letter_selection import Selection
from worker.replays import Replay, Survey, replay_of
from worker.safe_text import escaped
from worker.settings import WorkerSettings
from worker.stored_letters import Place, StoredLetter, read_back

DONE, FAILED = 0, 1
# Of one transaction: small enough to end long before its timeout.
MOST_AT_ONCE = 500
MOST_BYTES_AT_ONCE = 4 * 1024 * 1024


def replay(settings: WorkerSettings, arguments: argparse.Namespace) -> int:
    """Put the chosen originals back into the input topic; 1 where some could not be.

    Raises:
        SettingsError: nothing, or too much at once, was chosen; or nobody can be asked.
        ConfigurationError: no broker answers, or a topic does not exist.
        CannotGoOn: the broker refuses us or went away, or another replay took over.
    """
    chosen = _chosen(arguments)
    if not (arguments.yes or arguments.dry_run or sys.stdin.isatty()):
        raise SettingsError("nobody is here to be asked: say --yes, or --dry-run")
    with ExitStack() as cleanup:
        replayer = None
        if not arguments.dry_run:
            # First of all: from here on, what is read is all that was ever replayed.
            replayer = cleanup.enter_context(closing(Replayer(settings)))
        reader = cleanup.enter_context(
            closing(CommittedReader(settings, settings.dead_letter_topic))
        )
        if replayer is not None:
            reader.include_what_is_open()
        stored = map(read_back, reader.read())
        survey = Survey.of(
            stored, chosen, settings.input_topic, again=arguments.again, limit=arguments.limit
        )
        _tell(survey)
        count = len(survey.attempts)
        if replayer is None:
            for place, attempts in survey.attempts.items():
                print(f"would replay {place}, attempt {attempts + 1}")
        elif count:
            if not (arguments.yes or _confirmed(settings, count)):
                _say("nothing was replayed")
                return FAILED
            done = 0
            try:
                for some in _portions(reader, survey.attempts):
                    replayer.send(some)
                    done += len(some)
            finally:
                _say(f"replayed {done} of {count} into {settings.input_topic}")
        else:
            _say("nothing to replay")
    return FAILED if survey.unfit or survey.missing else DONE


def _chosen(arguments: argparse.Namespace) -> Selection | Collection[Place]:
    """What the options choose: places, or what fits.

    Raises:
        SettingsError: nothing, or both.
    """
    selection = Selection.of(arguments)
    by_place, by_filter = bool(arguments.places), not selection.is_everything or arguments.all
    if by_place and (by_filter or arguments.limit):
        raise SettingsError("name dead letters by PARTITION:OFFSET, or choose them, not both")
    if not (by_place or by_filter):
        raise SettingsError(
            "which? Name dead letters by PARTITION:OFFSET, or choose them with --reason, --since, "
            "--until or --all"
        )
    return frozenset(arguments.places) if by_place else selection


def _tell(survey: Survey) -> None:
    """Say what is left out, and why."""
    for place, why in survey.unfit.items():
        _say(f"not {place}: {escaped(why.encode())}")
    for place in survey.missing:
        _say(f"not {place}: there is no dead letter")
    if survey.replayed_before:
        _say(f"left out: {survey.replayed_before} replayed before (--again replays them too)")


def _confirmed(settings: WorkerSettings, count: int) -> bool:
    _say(
        f"Replay {count} from {settings.dead_letter_topic} into {settings.input_topic}? [y/N] ",
        end="",
    )
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _portions(reader: CommittedReader, attempts: Mapping[Place, int]) -> Iterator[list[Replay]]:
    """Yield what is to be replayed, as much at once as one transaction takes."""
    parts = {
        partition: range(min(offsets), max(offsets) + 1)
        for partition in {place.partition for place in attempts}
        for offsets in [[place.offset for place in attempts if place.partition == partition]]
    }
    portion: list[Replay] = []
    size_bytes = 0
    for letter in map(read_back, reader.read(parts)):
        if isinstance(letter, StoredLetter) and letter.place in attempts:
            portion.append(replay_of(letter, attempts[letter.place] + 1))
            size_bytes += letter.record.size_bytes
            if len(portion) == MOST_AT_ONCE or size_bytes >= MOST_BYTES_AT_ONCE:
                yield portion
                portion, size_bytes = [], 0
    if portion:
        yield portion


def _say(line: str, end: str = "\n") -> None:
    print(line, file=sys.stderr, end=end, flush=True)
