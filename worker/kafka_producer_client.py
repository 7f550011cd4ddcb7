"""The network client of our producers, which knows whether every request was answered."""

from typing import Any

from kafka.errors import KafkaError

from configuration.kafka_client import GuardedClient


class ProducerClient(GuardedClient):
    """Given to producers as `kafka_client`.

    `unanswered` tells whether the connection of any request was lost before its answer. Then
    kafka-python sends the request again, while the first copy may still be on its way: it could
    arrive in the next transaction, whose epoch is the same, for kafka-python (3.0) speaks the
    protocol from before KIP-890. Offsets would go back to older ones then, and a commit would take
    half a transaction. Requests that were answered, with an error too, leave no copy behind.
    """

    unanswered = False

    def send(self, node_id: Any, request: Any, **options: Any) -> Any:
        """Send a request; the future that is returned fails when there is no answer."""
        future = super().send(node_id, request, **options)
        future.add_errback(self._note)
        return future

    def await_ready(self, node_id: Any, timeout_ms: float = 30_000) -> bool:
        """Wait until a broker can be sent to; tell whether it can.

        Where kafka-python's own method raises, because a dead coordinator refuses the connection,
        its sender forgets the request that it had for it (3.0.12), and whoever waits for the
        answer waits for ever. Told in this way it looks for the new coordinator and tries again.
        """
        try:
            return bool(super().await_ready(node_id, timeout_ms=timeout_ms))
        except KafkaError:
            return False

    def _note(self, _error: BaseException) -> None:
        self.unanswered = True
