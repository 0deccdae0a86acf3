"""The keys that sign outputs: made on this machine at first use, kept by its user, sent nowhere."""

import os
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from yingxi.core.errors import YingxiError
from yingxi.core.files import explain

SIGNER = "Yingxi on this machine (self-issued)"
_YEARS = 10
_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True)
class Credentials:
    """PEM texts: `chain` is the signing certificate and its issuer, `anchor` the issuer alone, `key` is secret."""

    chain: str
    anchor: str
    key: str


def home() -> Path:
    """Where the user's own things are kept: `YINGXI_HOME`, else the system's folder for settings."""
    if chosen := os.environ.get("YINGXI_HOME"):
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        base = os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "yingxi"


def credentials() -> Credentials:
    """This user's credentials, made if they are not there yet or have run out. Raises YingxiError if they cannot be.

    One file, readable by its owner alone, holds key and certificates, so that they appear together or not at all.
    """
    path = home() / "signer.pem"
    found = _read(path)
    if found is None:
        _keep(path, _issue())
        found = _read(path)
    if found is None:
        raise YingxiError(f"{path} cannot be used to sign; move it away, and a new one will be made")
    return found


def known_anchor() -> str | None:
    """The issuer's certificate of this user, if there is one: reading labels makes no keys and needs none."""
    try:
        found = _read(home() / "signer.pem")
    except YingxiError:
        return None
    return found.anchor if found else None


def _read(path: Path) -> Credentials | None:
    """None where there is no file or its certificate has run out. Raises YingxiError where the file is damaged."""
    try:
        text = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise YingxiError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error
    key, *certificates = text.split(_CERTIFICATE)
    try:
        leaf, anchor = ((_CERTIFICATE + c).decode() for c in certificates)
        serialization.load_pem_private_key(key, None)
        expiry = x509.load_pem_x509_certificate(leaf.encode()).not_valid_after_utc
    except ValueError as error:
        raise YingxiError(f"{path} is damaged; move it away, and a new one will be made") from error
    if expiry < datetime.now(UTC) + timedelta(days=1):
        return None
    return Credentials(leaf + anchor, anchor, key.decode())


def _keep(path: Path, text: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".signer.", dir=path.parent)  # made with mode 0600
    except OSError as error:
        raise YingxiError(f"{explain(error, path)}; set YINGXI_HOME to a folder that can be written") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
        try:
            # Two processes may come here at once: the first to link its file wins, both then use that one.
            os.link(name, path)
        except FileExistsError:
            if _read(path) is None:  # an expired one
                os.replace(name, path)
        except OSError:  # a file system without links
            os.replace(name, path)
    except OSError as error:
        raise explain(error, path) from error
    finally:
        Path(name).unlink(missing_ok=True)


def _issue() -> bytes:
    """A signing key and its certificate, issued by an authority whose own key is forgotten at once."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _certificate(
        "Yingxi self-issued authority", authority_key, "Yingxi self-issued authority", authority_key
    )
    leaf = _certificate(SIGNER, key, "Yingxi self-issued authority", authority_key)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return secret + b"".join(c.public_bytes(serialization.Encoding.PEM) for c in (leaf, authority))


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: str, issuer_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    """As the C2PA specification's certificate profile asks (a signer's use is e-mail protection, of all things)."""
    authority = key is issuer_key
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not authority, content_commitment=False, key_encipherment=False,
                data_encipherment=False, key_agreement=False, key_cert_sign=authority, crl_sign=authority,
                encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )  # fmt: skip
    if not authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _name(common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Yingxi"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )
