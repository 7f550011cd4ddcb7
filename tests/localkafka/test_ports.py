import socket

import pytest

from localkafka.ports import answers, free_port, free_ports, obstacle


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_a_port_on_which_another_program_listens_is_an_obstacle(listener):
    assert obstacle(listener.getsockname()[1]) == "Address already in use"


def test_a_port_is_free_again_although_a_closed_connection_lingers(listener):
    port = listener.getsockname()[1]
    client = socket.create_connection(("127.0.0.1", port))
    served, _ = listener.accept()
    served.close()  # The side that closes first lingers in TIME_WAIT.
    client.close()
    listener.close()
    assert obstacle(port) is None


def test_a_port_answers_while_a_program_listens(listener):
    port = listener.getsockname()[1]
    assert answers(port)
    listener.close()
    assert not answers(port)


def test_free_ports_are_free_and_never_those_of_outgoing_connections():
    ports = [free_port() for _ in range(50)]
    assert all(20_000 <= port < 32_000 for port in ports)
    assert len(set(ports)) > 1
    assert obstacle(ports[0]) is None


def test_several_free_ports_differ_from_each_other_and_from_those_that_are_spoken_for():
    ports = free_ports(3)
    assert len(set(ports)) == 3
    assert not set(free_ports(3, other_than=ports)) & set(ports)
