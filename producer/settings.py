"""Every setting of the producer, read once at its start."""

from pydantic import Field

from configuration.kafka_connection import KAFKA_NAME, KafkaConnection


class ProducerSettings(KafkaConnection):
    """Where the producer publishes to; how it reaches Kafka is inherited."""

    input_topic: str = Field("tweets", pattern=KAFKA_NAME, description="Topic for the raw tweets.")
    create_topics: bool = Field(False, description="Make the topic where it is missing.")
    partitions: int = Field(
        4, ge=1, le=10_000, description="Partitions of the topic that --create-topics makes."
    )
    delivery_timeout_seconds: float = Field(
        120.0,
        ge=1.0,
        le=3_600.0,
        description="A record that no broker acknowledged for so long has failed.",
    )
