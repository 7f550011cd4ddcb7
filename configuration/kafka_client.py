"""kafka-python's network client, taught to tell a broker that refuses us from one that is away.

Of itself it tries again for ever, whatever the reason, and says "unable to bootstrap".
"""

from typing import TYPE_CHECKING, Any

from kafka.errors import KafkaTimeoutError
from kafka.net.compat import KafkaNetClient
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector

from configuration.kafka_logging import keep_secrets_out
from configuration.kafka_refusals import TurnedAway, trouble, turned_away

if TYPE_CHECKING:
    from configuration.kafka_connection import KafkaConnection


class GuardedClient(KafkaNetClient):  # type: ignore[misc] # kafka-python has no types
    """Given to consumers, producers and admin clients as `kafka_client`.

    While they connect for the first time they raise `TurnedAway`; later `refusal_of` tells.
    """

    def __init__(self, *, connection: "KafkaConnection", **options: Any) -> None:
        keep_secrets_out()
        net = NetworkSelector(**options)
        super().__init__(net, _GuardedManager(net, connection, options))


def refusal_of(kafka: Any) -> TurnedAway | None:
    """Return why a consumer, a producer or an admin client of ours is turned away, if it is.

    Where it is, waiting is in vain: it goes on trying, and never says so.
    """
    client = kafka._client if hasattr(kafka, "_client") else kafka._sender._client  # noqa: SLF001
    refusal: TurnedAway | None = client._manager.refusal  # noqa: SLF001
    return refusal


class _GuardedManager(KafkaConnectionManager):  # type: ignore[misc] # kafka-python has no types
    """Connections to the brokers, and why one of them was refused."""

    def __init__(self, net: Any, connection: "KafkaConnection", options: dict[str, Any]) -> None:
        super().__init__(net, **options)
        self._wanted = connection
        self._trouble = ""
        self.refusal: TurnedAway | None = None

    def bootstrap(self, timeout_ms: float | None = None, refresh: bool = True) -> None:
        """Meet the cluster, as the constructors of all clients do first, or leave nothing behind.

        Where a constructor fails nobody has what to close, and kafka-python (3.0.12) leaves a
        thread and four descriptors: waiting for a broker would use them all up within the hour.
        """
        try:
            super().bootstrap(timeout_ms, refresh)
        except BaseException:
            self.close()
            self._net.close()
            raise

    async def _do_bootstrap(self, deadline: float | None) -> Any:
        try:
            return await super()._do_bootstrap(deadline)
        except KafkaTimeoutError as error:
            raise KafkaTimeoutError(self._trouble or str(error)) from error

    async def _build_transport(self, node: Any, timeout_at: float | None = None) -> Any:
        """Let a broker have its last words.

        Who refuses a login says so and hangs up. kafka-python (3.0.12) reads both at once, and
        throws what was said away because of how it ended.
        """
        transport = await super()._build_transport(node, timeout_at=timeout_at)
        receive = transport._sock_recv  # noqa: SLF001

        def receive_first() -> tuple[bytes, Exception | None]:
            received, error = receive()
            return (received, None) if received else (received, error)

        transport._sock_recv = receive_first  # noqa: SLF001
        return transport

    async def _connect(self, node: Any, conn: Any, **options: Any) -> None:
        await super()._connect(node, conn, **options)
        address = f"{node.host}:{node.port}"
        if not conn.init_future.failed():
            self._trouble = (
                f"the broker at {address} answers, and hangs up on what we ask; if it stays so, "
                "does that port want another KAFKA_SECURITY_PROTOCOL?"
            )
            return
        error = conn.init_future.exception
        self._trouble = trouble(error, address)
        self.refusal = self.refusal or turned_away(error, address, self._wanted)
        if self.connection_delay(node.node_id) == 0:
            # Where only the login failed, kafka-python would try again at once, for ever.
            self.update_backoff(node.node_id)
        if self.refusal and self.cluster.is_bootstrap(node.node_id):
            # Raised when it tries the next time. It has this of its own, but (3.0.12) fills it
            # from an error that never reaches it.
            self._auth_failures[node.node_id] = self.refusal
