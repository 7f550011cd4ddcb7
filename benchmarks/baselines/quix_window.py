"""Exactly once with Quix Streams: windows of so many tweets, each scored at once."""

import os
from pathlib import Path
from typing import Any

from quixstreams import Application, message_context
from quixstreams.models import Deserializer, SerializationContext

from benchmarks.baselines.scoring import RawTweet, TweetScoring
from benchmarks.contestants import WINDOW
from worker.settings import WorkerSettings


class OneKey(Deserializer):  # type: ignore[misc] # mypy does not read the library
    """A window belongs to a key, and hardly two tweets share theirs: so all of them get one."""

    def __call__(self, value: bytes, ctx: SerializationContext) -> str:  # noqa: ARG002
        """Return the same for every tweet."""
        return "tweets"


def main() -> None:
    """Score until ended; BENCHMARK_WINDOW and BENCHMARK_COMMIT_SECONDS make it quicker."""
    settings = WorkerSettings()
    score = TweetScoring(settings.model)
    app = Application(
        settings.bootstrap_servers,
        consumer_group=settings.group_id,
        auto_offset_reset="earliest",
        processing_guarantee="exactly-once",
        # The default of 5 s makes every tweet wait for so long, and is no faster.
        commit_interval=float(os.environ.get("BENCHMARK_COMMIT_SECONDS", "0.5")),
        consumer_poll_timeout=0.02,
        producer_extra_config={"compression.type": "lz4", "linger.ms": 5},
        state_dir=Path(os.environ["BENCHMARK_FOLDER"], os.environ["BENCHMARK_PROCESS"]),
    )
    tweets = app.topic(settings.input_topic, value_deserializer="str", key_deserializer=OneKey())
    scored = app.topic(settings.output_topic, value_serializer="bytes")

    def with_its_place(value: str) -> list[Any]:
        place = message_context()
        return [value, place.topic, place.partition, place.offset]

    def score_window(window: dict[str, Any]) -> list[bytes]:
        return score([RawTweet(text.encode(), *place) for text, *place in window["value"]])

    frame = app.dataframe(tweets).apply(with_its_place)
    frame = frame.tumbling_count_window(int(os.environ.get("BENCHMARK_WINDOW", WINDOW)))
    frame = frame.collect().final().apply(score_window, expand=True)
    frame.to_topic(scored, key=lambda _: None)
    app.run()


if __name__ == "__main__":
    main()
