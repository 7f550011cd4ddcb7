"""Certificate authorities and certificates, made anew for every run of the tests."""

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)
PEM = serialization.Encoding.PEM


@dataclass(frozen=True)
class Certificate:
    """A certificate and its private key, as PEM text."""

    certificate: str
    key: str

    def write(self, folder: Path, name: str) -> tuple[Path, Path]:
        """Write both files; return their paths."""
        paths = folder / f"{name}.pem", folder / f"{name}.key"
        for path, text in zip(paths, (self.certificate, self.key), strict=True):
            path.write_text(text)
        return paths


class Authority:
    """A certificate authority that signs what it is asked to."""

    def __init__(self, name: str) -> None:
        self._name = _named(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._certificate = (
            _unsigned(self._name, self._name, self._key, days=(-1, 30))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.pem = self._certificate.public_bytes(PEM).decode()

    def sign(
        self,
        name: str,
        *,
        address: str = "127.0.0.1",
        days: tuple[int, int] = (-1, 30),
        password: str | None = None,
    ) -> Certificate:
        """Return a certificate for `name` at `address`, valid from and until `days` from now.

        It serves a broker as well as a client. With a password its key is encrypted.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        try:
            where: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(address))
        except ValueError:
            where = x509.DNSName(address)
        certificate = (
            _unsigned(_named(name), self._name, key, days)
            .add_extension(x509.SubjectAlternativeName([where]), critical=False)
            .add_extension(x509.ExtendedKeyUsage(both), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return Certificate(certificate.public_bytes(PEM).decode(), _pem(key, password))

    def revocation_list(self, *revoked: Certificate) -> str:
        """Return a list, as PEM text, of certificates that are no longer to be trusted."""
        now = datetime.datetime.now(datetime.UTC)
        crl = x509.CertificateRevocationListBuilder().issuer_name(self._name)
        crl = crl.last_update(now - DAY).next_update(now + DAY)
        for one in revoked:
            number = x509.load_pem_x509_certificate(one.certificate.encode()).serial_number
            entry = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(now)
            crl = crl.add_revoked_certificate(entry.build())
        return crl.sign(self._key, hashes.SHA256()).public_bytes(PEM).decode()


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _unsigned(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: tuple[int, int]
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + days[0] * DAY)
        .not_valid_after(now + days[1] * DAY)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey, password: str | None) -> str:
    encryption = (
        serialization.BestAvailableEncryption(password.encode())
        if password is not None
        else serialization.NoEncryption()
    )
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, encryption).decode()
