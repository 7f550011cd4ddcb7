from localkafka.broker_log import BrokerLog

PORT_TAKEN = """\
09:39:34.010Z [main] ERROR kafka.Kafka$ - Exiting Kafka due to fatal exception
java.lang.RuntimeException: Unable to start acceptor for PLAINTEXT
\tat kafka.server.BrokerServer.startup(BrokerServer.scala:1)
Caused by: java.net.BindException: Address already in use
\tat java.base/sun.nio.ch.Net.bind0(Native Method)
09:39:34.020Z [event-handler] INFO controller - unable to start because of an Exception: x
"""
WRONG_PROPERTY = """\
Exception in thread "main" org.apache.kafka.common.config.ConfigException: Invalid value x
\tat kafka.tools.StorageTool.main(StorageTool.scala)
"""
NO_EXCEPTION = """\
09:39:34.010Z [main] ERROR kafka.Kafka$ - the disk is full
09:39:34.020Z [main] INFO kafka.Kafka$ - shut down completed
"""


def log_of(path, text):
    log = BrokerLog(path)
    path.write_text(text)
    return log


def test_the_innermost_cause_tells_why_the_broker_ended(tmp_path):
    assert log_of(tmp_path / "1", PORT_TAKEN).telling_line() == "Address already in use"
    assert log_of(tmp_path / "2", WRONG_PROPERTY).telling_line() == "Invalid value x"


def test_without_an_exception_the_last_error_tells(tmp_path):
    assert log_of(tmp_path / "1", NO_EXCEPTION).telling_line() == "the disk is full"


def test_without_an_error_the_last_line_tells(tmp_path):
    log = log_of(
        tmp_path / "1", "Error occurred during initialization of VM\nToo small maximum heap\n\n"
    )
    assert log.telling_line() == "Too small maximum heap"


def test_a_log_that_was_never_written_is_said_to_be_silent(tmp_path):
    assert BrokerLog(tmp_path / "broker.log").telling_line() == "it said nothing"


def test_a_taken_port_is_recognised(tmp_path):
    assert log_of(tmp_path / "1", PORT_TAKEN).says_port_taken()
    assert not log_of(tmp_path / "2", WRONG_PROPERTY).says_port_taken()


def test_what_an_earlier_broker_logged_is_not_taken_for_this_one(tmp_path):
    path = tmp_path / "broker.log"
    path.write_text("[main] INFO x - [KafkaRaftServer nodeId=1] Kafka Server started\n")
    log = BrokerLog(path)
    assert not log.says_started()
    with path.open("a") as file:
        file.write("[main] INFO x - [KafkaRaftServer nodeId=1] Kafka Server started\n")
    assert log.says_started()
