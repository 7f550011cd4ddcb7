"""Several Apache Kafka brokers on this machine that are one cluster."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from localkafka.broker import LocalKafka
from localkafka.ports import HOST, free_ports
from localkafka.properties import Properties, separate_listeners


class LocalCluster:
    """Real Kafka brokers (KRaft) that replicate to each other; of three, any one may die.

    ::

        with LocalCluster() as cluster:
            producer = KafkaProducer(bootstrap_servers=cluster.bootstrap_servers)
            cluster.brokers[0].kill()

    Each is a controller too: three processes stand for three hosts. Topics, the groups' offsets
    and the states of transactions have three replicas, two of which must be in sync. `brokers[0]`
    is Kafka's node 1, and so on; each can be stopped, killed, frozen, and started again at its
    port with its data. None outlives this process.

    Args:
        count: How many brokers.
        advertised_ports: Where clients are told to come to: for each broker a proxy's port.
        properties: Kafka's own broker properties, which replace or complete the defaults.
        heap_megabytes: The most that the heap of each Java may take.
        report: Receives a line when something takes its time, such as the first download.
    """

    def __init__(
        self,
        count: int = 3,
        *,
        advertised_ports: Sequence[int] | None = None,
        properties: Properties | None = None,
        heap_megabytes: int = 256,
        report: Callable[[str], None] = lambda _: None,
    ) -> None:
        taken = advertised_ports or []
        ports = free_ports(3 * count, other_than=taken)
        clients, brokers, controllers = (ports[part::3] for part in range(3))
        voters = ",".join(f"{node}@{HOST}:{port}" for node, port in enumerate(controllers, 1))
        common = {"controller.quorum.voters": voters, **_replication(count), **(properties or {})}
        self.brokers = tuple(
            LocalKafka(
                port=clients[index],
                advertised_port=taken[index] if taken else None,
                properties={
                    "node.id": index + 1,
                    **separate_listeners(
                        port=clients[index],
                        advertised_port=taken[index] if taken else clients[index],
                        brokers_port=brokers[index],
                        controller_port=controllers[index],
                    ),
                    **common,
                },
                heap_megabytes=heap_megabytes,
                report=report,
            )
            for index in range(count)
        )

    @property
    def bootstrap_servers(self) -> str:
        """Where clients connect: the address of every broker, separated by commas."""
        return ",".join(broker.bootstrap_servers for broker in self.brokers)

    def start(self) -> None:
        """Start every broker that does not run, and wait until all serve.

        Raises:
            LocalKafkaError: What `LocalKafka.start` raises; the cluster is then closed.
        """
        # None serves before most of the controllers are there, so they start side by side.
        with ThreadPoolExecutor(len(self.brokers)) as threads:
            starts = [threads.submit(broker.start) for broker in self.brokers if not broker.pid]
            try:
                for start in starts:
                    start.result()
            except BaseException:
                self.close()
                raise

    def check(self) -> None:
        """Look whether the brokers that were started still run.

        Raises:
            BrokerFailed: One has ended by itself.
        """
        for broker in self.brokers:
            broker.check()

    def close(self) -> None:
        """End every broker and delete its folder. Harmless when done already."""
        # Killed: in order, the last ones would wait for a controller that has gone.
        for broker in self.brokers:
            broker.kill()
        for broker in self.brokers:
            broker.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _replication(count: int) -> dict[str, str | int]:
    """Return how often everything is kept: thrice, and one copy may be missing."""
    copies = min(3, count)
    needed = max(1, copies - 1)
    return {
        "default.replication.factor": copies,
        "min.insync.replicas": needed,
        "offsets.topic.replication.factor": copies,
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": needed,
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": needed,
    }
