"""Everything in one go: a local Kafka, the producer, the worker, and a live look at the stream."""
