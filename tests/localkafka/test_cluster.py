import uuid

import pytest
from kafka import KafkaAdminClient, KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError

from localkafka import LocalCluster
from localkafka.ports import free_ports
from tests.reading import read_topic
from trials.coordinators import coordinator_of_group, coordinator_of_transactions

TOPIC = TopicPartition("tweets", 0)
TRANSACTIONAL_ID, GROUP = "tests-worker", "tests"


@pytest.fixture(scope="module")
def cluster():
    with LocalCluster() as cluster:
        admin = KafkaAdminClient(bootstrap_servers=cluster.bootstrap_servers)
        # Replicated as the cluster's defaults say.
        admin.create_topics({TOPIC.topic: {"num_partitions": 3}}, wait_for_metadata=True)
        admin.close()
        publish(cluster, "first")
        yield cluster


@pytest.fixture
def admin(cluster):
    admin = KafkaAdminClient(bootstrap_servers=cluster.bootstrap_servers)
    yield admin
    admin.close()


def publish(cluster, text):
    """Publish a text with the group's offsets in one transaction."""
    producer = KafkaProducer(
        bootstrap_servers=cluster.bootstrap_servers,
        transactional_id=TRANSACTIONAL_ID,
        retry_backoff_ms=20,
    )
    producer.init_transactions()
    producer.begin_transaction()
    producer.send(TOPIC.topic, text.encode(), partition=TOPIC.partition)
    producer.send_offsets_to_transaction({TOPIC: OffsetAndMetadata(1)}, GROUP)
    producer.commit_transaction()
    producer.close()


def published(cluster):
    """Return every committed text in order."""
    records = read_topic(cluster.bootstrap_servers, TOPIC.topic)
    return [record.value.decode() for record in records if record.partition == TOPIC.partition]


def others_than(cluster, node):
    """Return the addresses of the brokers that are not `node`."""
    brokers = (broker for number, broker in enumerate(cluster.brokers, 1) if number != node)
    return ",".join(broker.bootstrap_servers for broker in brokers)


def in_sync(admin, topic=TOPIC.topic):
    """Return the sets of nodes that have all of a partition."""
    (description,) = admin.describe_topics([topic])
    return {tuple(sorted(partition["isr_nodes"])) for partition in description["partitions"]}


def test_everything_is_kept_thrice_and_two_copies_are_enough(admin):
    for topic in (TOPIC.topic, "__consumer_offsets", "__transaction_state"):
        assert in_sync(admin, topic) == {(1, 2, 3)}
        resource = ConfigResource(ConfigResourceType.TOPIC, topic)
        (described,) = admin.describe_configs([resource], config_filter="all").values()
        configuration = described[topic]
        assert configuration["min.insync.replicas"]["value"] == "2"


def responsible(servers):
    """Return the nodes that lead the topic, coordinate the group and coordinate transactions."""
    admin = KafkaAdminClient(bootstrap_servers=servers)
    try:
        (description,) = admin.describe_topics([TOPIC.topic])
        leaders = {partition["leader_id"] for partition in description["partitions"]}
        coordinators = {
            coordinator_of_group(servers, GROUP),
            coordinator_of_transactions(servers, TRANSACTIONAL_ID),
        }
    except KafkaError:
        return {None}  # It is being decided.
    finally:
        admin.close()
    return leaders | coordinators


def test_when_a_coordinator_is_killed_another_takes_over_and_it_comes_back(
    cluster, admin, eventually
):
    node = coordinator_of_transactions(cluster.bootstrap_servers, TRANSACTIONAL_ID)
    broker, others = cluster.brokers[node - 1], others_than(cluster, node)
    port, pids = broker.port, {each.pid for each in cluster.brokers if each is not broker}
    broker.kill()
    # kafka-python 3.0.12 forgets what it wanted of a coordinator that refuses its connection.
    eventually(lambda: not responsible(others) & {None, node}, seconds=120)
    text = uuid.uuid4().hex
    publish(cluster, text)
    assert published(cluster)[-1] == text
    cluster.start()
    cluster.check()
    assert broker.port == port
    assert {each.pid for each in cluster.brokers if each is not broker} == pids
    eventually(lambda: in_sync(admin) == {(1, 2, 3)}, seconds=120)


@pytest.mark.long
def test_a_frozen_broker_is_left_out_until_it_is_thawed(cluster, admin, eventually):
    node = 3
    cluster.brokers[node - 1].freeze()
    others = others_than(cluster, node)
    survivor = KafkaAdminClient(bootstrap_servers=others)
    eventually(lambda: in_sync(survivor) == {(1, 2)}, seconds=120)
    survivor.close()
    eventually(lambda: not responsible(others) & {None, node}, seconds=120)
    cluster.brokers[node - 1].thaw()
    eventually(lambda: in_sync(admin) == {(1, 2, 3)}, seconds=120)
    text = uuid.uuid4().hex
    publish(cluster, text)
    assert published(cluster)[-1] == text


def test_clients_are_told_of_a_proxy_for_each_broker():
    proxies = free_ports(3)
    cluster = LocalCluster(advertised_ports=proxies)
    assert cluster.bootstrap_servers == ",".join(f"127.0.0.1:{port}" for port in proxies)
    assert not {broker.port for broker in cluster.brokers} & set(proxies)
    cluster.close()
