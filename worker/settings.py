"""Every setting of the worker, read once at its start."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from configuration.kafka_connection import KAFKA_NAME, KafkaConnection

# A byte of plain text takes at most six in JSON (a control character as \\u0001); a text that
# was JSON before never grows. The rest of a scored record is names and numbers.
GROWTH = {"json": 1, "text": 6}
OVERHEAD_BYTES = 65_536
# N-grams of a text that are named where they are asked for; each repeats a part of it.
EVIDENCE = 5


class WorkerSettings(KafkaConnection):
    """What the worker does; how it reaches Kafka is inherited."""

    input_topic: str = Field("tweets", pattern=KAFKA_NAME, description="Topic with the raw tweets.")
    output_topic: str = Field(
        "tweets.scored", pattern=KAFKA_NAME, description="Topic for the scored tweets."
    )
    dead_letter_topic: str = Field(
        "tweets.dead", pattern=KAFKA_NAME, description="Topic for what could not be scored."
    )
    create_topics: bool = Field(False, description="Make the three topics where they are missing.")
    partitions: int = Field(
        4, ge=1, le=10_000, description="Partitions of each topic that --create-topics makes."
    )
    group_id: str = Field(
        "sentiment",
        pattern=KAFKA_NAME,
        description="Consumer group; its workers share the partitions.",
    )
    worker_id: str | None = Field(
        None,
        pattern=KAFKA_NAME,
        description="Name of this worker within its group, the same after a restart and never "
        "used by two at once. Without it: the host's name and the lowest free number on it.",
    )
    guarantee: Literal["exactly-once", "at-least-once"] = Field(
        "exactly-once",
        description="Whether scores, dead letters and offsets commit in one transaction.",
    )
    input_format: Literal["json", "text"] = Field(
        "json", description="JSON objects with a text, or plain UTF-8 text."
    )
    model: Path = Field(Path("models/default"), description="Bundle to score with.")
    model_public_key: Path | None = Field(
        None,
        description="Ed25519 key (PEM): a bundle that it has not signed is refused. Without it, "
        "signatures are not looked at.",
    )
    engine: Literal["auto", "folded", "keras"] = Field(
        "auto",
        description="What computes the network: 'folded' tables made of it, 'keras' itself, or "
        "'auto', which is Keras only where no tables can be made.",
    )
    explain: bool = Field(
        False,
        description=f"Add the {EVIDENCE} n-grams that moved the probabilities most to each scored "
        "tweet (docs/evidence.md). They repeat parts of the text, so the largest record that is "
        "scored is a sixth of what SENTIMENT_MAX_OUTPUT_BYTES allows.",
    )
    cache: Path | None = Field(
        None,
        description="Folder for the tables, shared by the workers of a machine. Without it: "
        "tweet-sentiment in $XDG_CACHE_HOME or ~/.cache.",
    )
    max_batch: int = Field(
        4_096, ge=1, le=100_000, description="Most records scored and committed at once."
    )
    max_record_bytes: int = Field(
        524_288,
        ge=1_024,
        description="Larger records (key, value and headers) become dead letters.",
    )
    max_output_bytes: int = Field(
        900_000,
        ge=131_072,
        description="No published record is larger: dead letters are cut to it. Keep it below the "
        "topics' max.message.bytes.",
    )
    storm_share: float = Field(
        0.5,
        gt=0.0,
        le=1.0,
        description="The worker leaves before it publishes more dead letters than this share of "
        "the last records; 1 lets all through. What was seen is forgotten at a restart.",
    )
    storm_window: int = Field(
        1_000, ge=1, le=1_000_000, description="Of how many records the share is taken."
    )
    transaction_timeout_seconds: float = Field(
        10.0,
        ge=1.0,
        le=900.0,
        description="After this the broker ends the transaction of a worker that is gone.",
    )
    session_timeout_seconds: float = Field(
        10.0,
        ge=6.0,
        le=300.0,
        description="After this without a heartbeat the group gives a worker's partitions away.",
    )
    http_host: str = Field("127.0.0.1", description="Address of /metrics, /healthz and /readyz.")
    http_port: int = Field(8_000, ge=0, le=65_535, description="Their port; 0 takes a free one.")
    log_format: Literal["console", "json"] = Field(
        "console", description="Log lines for people or for machines."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least important log lines to show."
    )

    @model_validator(mode="after")
    def _topics_differ(self) -> Self:
        """A worker that read what it writes would never come to an end."""
        topics = (self.input_topic, self.output_topic, self.dead_letter_topic)
        if len(set(topics)) < len(topics):
            raise ValueError(
                "SENTIMENT_INPUT_TOPIC, SENTIMENT_OUTPUT_TOPIC and SENTIMENT_DEAD_LETTER_TOPIC "
                f"must be three different topics, not {', '.join(topics)}"
            )
        return self

    @property
    def evidence(self) -> int:
        """N-grams that are named of each tweet."""
        return EVIDENCE if self.explain else 0

    @property
    def record_limit_bytes(self) -> int:
        """The largest record that is read: its scored form is sure to fit the output topic."""
        growth = GROWTH[self.input_format] * (1 + self.evidence)
        fitting = (self.max_output_bytes - OVERHEAD_BYTES) // growth
        return min(self.max_record_bytes, fitting)
