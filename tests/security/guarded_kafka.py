"""A broker with a listener for every way to be let in or turned away, and its users and rights."""

from contextlib import closing, contextmanager
from dataclasses import dataclass

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    UserScramCredentialUpsertion,
)

from localkafka import LocalKafka
from localkafka.ports import HOST, free_port
from tests.security.certificates import Authority

USERS = WORKER, PRODUCER, READER, REPLAYER = "worker", "producer", "reader", "replayer"
# Found nowhere but where somebody has let it out.
CANARY = "canary-7Qh2vX9s"
# So often the brokers ask for the password again on the listeners where it may be changed.
LOGIN_LASTS_SECONDS = 4

# Every listener with its protocol. EXPIRED and ELSEWHERE show a certificate that is no good.
LISTENERS = {
    "ADMIN": "PLAINTEXT",
    "TLS": "SSL",
    "MUTUAL": "SSL",
    "EXPIRED": "SSL",
    "ELSEWHERE": "SSL",
    "PASSWORD": "SASL_PLAINTEXT",
    "BOTH": "SASL_SSL",
}


@dataclass(frozen=True)
class Right:
    """What can be granted, as in docs/security.md."""

    operation: str
    kind: str
    name: str
    pattern: str = "literal"


class GuardedKafka:
    """The broker, as its administrator sees it: everybody on the ADMIN listener is one."""

    def __init__(self) -> None:
        self.authority = Authority("the brokers' authority")
        self.stranger = Authority("an authority that nobody knows")
        self.certificates = self._certificates()
        self._ports = {}
        for name in (*LISTENERS, "CONTROLLER"):
            self._ports[name] = _free_port_not_in(self._ports.values())
        self._broker = LocalKafka(port=self._ports["ADMIN"], properties=self._properties())

    def address(self, listener: str) -> str:
        """Return where a listener listens."""
        return f"{HOST}:{self._ports[listener]}"

    def start(self) -> None:
        """Start the broker and give every user a SCRAM password."""
        self._broker.start()
        for user in USERS:
            self.set_password(user, CANARY)
        # The first question about a group makes the broker's own topic of offsets, in a while.
        with closing(
            KafkaConsumer(bootstrap_servers=self.address("ADMIN"), group_id="first")
        ) as consumer:
            consumer.committed(TopicPartition("none", 0), timeout_ms=60_000)

    def close(self) -> None:
        """Stop the broker."""
        self._broker.close()

    @contextmanager
    def admin(self):
        """Give an administrator's client."""
        admin = KafkaAdminClient(bootstrap_servers=self.address("ADMIN"))
        try:
            yield admin
        finally:
            admin.close()

    def set_password(self, user: str, password: str) -> None:
        """Set the password that a user has with both SCRAM mechanisms."""
        with self.admin() as admin:
            for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
                changed = admin.alter_user_scram_credentials(
                    [UserScramCredentialUpsertion(user, mechanism, password)]
                )
                assert changed == {user: None}

    def grant(self, user: str, rights: list[Right]) -> None:
        """Give a user rights."""
        with self.admin() as admin:
            given = admin.create_acls([_acl(user, right) for right in rights])
        assert len(given["succeeded"]) == len(rights), given

    def withdraw(self, user: str, right: Right | None = None) -> None:
        """Take one right from a user, or all."""
        anything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
        which = (
            ACLFilter(f"User:{user}", "*", ACLOperation.ANY, ACLPermissionType.ANY, anything)
            if right is None
            else _acl(user, right)
        )
        with self.admin() as admin:
            [(_, taken, error)] = admin.delete_acls([which])
        assert error.errno == 0, error
        assert right is None or len(taken) == 1, taken

    def publish(self, topic: str, *values: str) -> None:
        """Publish records as an administrator."""
        with closing(KafkaProducer(bootstrap_servers=self.address("ADMIN"))) as producer:
            for value in values:
                producer.send(topic, value.encode()).get(30)

    def _properties(self) -> dict[str, str | int]:
        ports = self._ports
        plain = " ".join(f'user_{user}="{CANARY}"' for user in USERS)
        properties = {
            "listeners": ",".join(f"{name}://{HOST}:{port}" for name, port in ports.items()),
            "controller.quorum.voters": f"1@{HOST}:{ports['CONTROLLER']}",
            "listener.security.protocol.map": ",".join(
                f"{name}:{protocol}"
                for name, protocol in {**LISTENERS, "CONTROLLER": "PLAINTEXT"}.items()
            ),
            "inter.broker.listener.name": "ADMIN",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            # Whoever shows no name, as the broker itself and this class.
            "super.users": "User:ANONYMOUS",
            "ssl.keystore.type": "PEM",
            "ssl.truststore.type": "PEM",
            "ssl.truststore.certificates": self.authority.pem,
            "listener.name.mutual.ssl.client.auth": "required",
        }
        for name, certificate in self.certificates.items():
            prefix = f"listener.name.{name.lower()}.ssl.keystore"
            properties[f"{prefix}.certificate.chain"] = certificate.certificate
            properties[f"{prefix}.key"] = certificate.key
        security = "org.apache.kafka.common.security"
        for name in ("password", "both"):
            prefix = f"listener.name.{name}"
            properties |= {
                f"{prefix}.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
                f"{prefix}.plain.sasl.jaas.config": (
                    f"{security}.plain.PlainLoginModule required {plain};"
                ),
            }
            for mechanism in ("scram-sha-256", "scram-sha-512"):
                properties[f"{prefix}.{mechanism}.sasl.jaas.config"] = (
                    f"{security}.scram.ScramLoginModule required;"
                )
            properties[f"{prefix}.scram-sha-512.connections.max.reauth.ms"] = (
                LOGIN_LASTS_SECONDS * 1000
            )
        return properties

    def _certificates(self):
        sign = self.authority.sign
        return {
            "TLS": sign("broker"),
            "MUTUAL": sign("broker"),
            "BOTH": sign("broker"),
            "EXPIRED": sign("broker", days=(-30, -1)),
            "ELSEWHERE": sign("broker", address="kafka.example.org"),
        }


def _free_port_not_in(taken) -> int:
    while (port := free_port()) in taken:
        pass
    return port


def _acl(user: str, right: Right) -> ACL:
    return ACL(
        principal=f"User:{user}",
        host="*",
        operation=ACLOperation[right.operation.upper()],
        permission_type=ACLPermissionType.ALLOW,
        resource_pattern=ResourcePattern(
            ResourceType[right.kind],
            right.name,
            ACLResourcePatternType[right.pattern.upper()],
        ),
    )
