"""`python -m demo`: arguments, the screen, and exit codes."""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from types import FrameType

from kafka.errors import KafkaError
from rich.console import Console
from rich.live import Live

from configuration.command_line import OneLineParser, above_zero, whole_number
from configuration.errors import ConfigurationError, SettingsError
from demo.errors import DemoError
from demo.observer import Observer, View
from demo.report import progress_line, summary
from demo.screen import draw
from demo.stream import Stream
from localkafka import LocalKafkaError

DONE, FAILED, BAD_USAGE, INTERRUPTED = 0, 1, 2, 130
SAMPLE = Path(__file__).parent / "sample.jsonl"
SAMPLE_RATE = 25.0
SCREEN_EVERY_SECONDS = 0.25
LINE_EVERY_SECONDS = 1.0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demo; return the exit code."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    tweets = arguments.input or SAMPLE
    if not tweets.is_file():
        return parser.complain(f"there is no file {tweets}: name one with --input", BAD_USAGE)
    console = Console()
    on_screen = console.is_terminal and not arguments.no_screen
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return _run(arguments, tweets, console, on_screen)
    except SettingsError as error:
        return parser.complain(error, BAD_USAGE)
    except (DemoError, ConfigurationError, LocalKafkaError, KafkaError) as error:
        return parser.complain(error, FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(arguments: argparse.Namespace, tweets: Path, console: Console, on_screen: bool) -> int:
    def say(line: str) -> None:
        console.print(line, highlight=False, soft_wrap=True)

    rate = arguments.rate or (SAMPLE_RATE if arguments.input is None else None)
    producer_options = ["file", str(tweets), "--no-progress"]
    producer_options += [] if rate is None else ["--rate", str(rate)]
    producer_options += [] if arguments.limit is None else ["--limit", str(arguments.limit)]

    with closing(Stream(arguments.model, arguments.explain, say)) as stream:
        say(f"Kafka: {stream.connection.bootstrap_servers}")
        say("starting the worker: it loads its model")
        stream.start_worker()
        stream.wait_until_ready()
        hints = _hints(stream)
        for line in hints:
            say(line)
        with closing(Observer(stream)) as observer:
            stream.start_producer(producer_options)
            if on_screen:
                # Whoever watches may want to publish tweets of their own: stay until Ctrl-C.
                stay = arguments.limit is None
                view = _watch_on_screen(observer, hints, console, stay)
            else:
                view = _watch_in_lines(observer, say)
        for line in summary(view):
            say(line)
        if view.tally.duplicates:
            return FAILED
        return DONE if view.complete else INTERRUPTED


def _watch_on_screen(
    observer: Observer, hints: Sequence[str], console: Console, stay: bool
) -> View:
    view = observer.look(0)
    with Live(draw(view, hints, console), console=console, screen=True, auto_refresh=False) as live:
        try:
            while stay or not view.complete:
                view = _until(observer, time.monotonic() + SCREEN_EVERY_SECONDS)
                live.update(draw(view, hints, console), refresh=True)
        except KeyboardInterrupt:
            pass
    return view


def _watch_in_lines(observer: Observer, say: Callable[[str], None]) -> View:
    view = observer.look(0)
    try:
        while not view.complete:
            view = _until(observer, time.monotonic() + LINE_EVERY_SECONDS)
            say(progress_line(view))
    except KeyboardInterrupt:
        say("interrupted")
    return view


def _until(observer: Observer, moment: float) -> View:
    """Read on until `moment` and return the last view, or the first that is complete."""
    while True:
        view = observer.look(max(0.0, min(0.1, moment - time.monotonic())))
        if view.complete:
            time.sleep(max(0.0, min(0.1, moment - time.monotonic())))
            return view
        if time.monotonic() >= moment:
            return view


def _hints(stream: Stream) -> list[str]:
    """What a newcomer would want to try, as commands to copy."""
    servers = f"KAFKA_BOOTSTRAP_SERVERS={stream.connection.bootstrap_servers}"
    python = sys.executable
    if Path(python).is_relative_to(Path.cwd()):
        python = str(Path(python).relative_to(Path.cwd()))
    return [
        f"metrics:       curl {stream.http_address}/metrics",
        f"publish yours: echo 'what a lovely day' | {servers} {python} -m producer stdin",
        f"read scores:   {servers} {python} -m worker read --follow --new",
    ]


def _interrupt(_signum: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _parser() -> OneLineParser:
    parser = OneLineParser(
        prog="python -m demo",
        description="Start a local Kafka, a worker and a producer, and watch tweets being scored. "
        "KAFKA_BOOTSTRAP_SERVERS uses that cluster instead.",
    )
    parser.add_argument(
        "--input", type=Path, metavar="FILE", help="tweets to publish (default: a sample)"
    )
    parser.add_argument("--limit", type=whole_number(1), metavar="N", help="publish only N tweets")
    parser.add_argument(
        "--rate",
        type=above_zero,
        metavar="N",
        help=f"tweets a second (default: {SAMPLE_RATE:.0f} for the sample, unlimited for a file)",
    )
    parser.add_argument(
        "--no-screen", action="store_true", help="plain lines, as without a terminal"
    )
    parser.add_argument(
        "--model", type=Path, default=Path("models/default"), help="bundle to score with"
    )
    parser.add_argument(
        "--no-explain",
        dest="explain",
        action="store_false",
        help="do not underline what moved the probabilities; a model that only Keras can compute "
        "cannot tell",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
