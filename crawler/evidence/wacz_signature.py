"""Signatures of WACZ files after Webrecorder's "WACZ Signing and Verification" 0.1.0.

What is signed is the text `sha256:…` of datapackage.json, with ECDSA and SHA-256. In the anonymous form the
public key stands beside it. In the domain form a certificate of a domain does, issued in the last days,
and a timestamp of the text of the signature.

The recommendation names neither curve nor encoding. Of the anonymous form ReplayWeb.page reads what
ArchiveWeb.page writes: a key on P-384, and the two numbers of the signature one behind the other. authsign
has the form of a domain alone, and writes DER. Both encodings are read here.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
)

from gongkai import clock
from gongkai.clock import utc_stamp
from gongkai.crawler.evidence.stamp_answer import DAMAGE, StampDamaged, read_answer
from gongkai.crawler.evidence.stamp_check import check_facts
from gongkai.crawler.evidence.stamp_request import StampFailed, request_stamp
from gongkai.crawler.evidence.stamp_roots import PinnedRoot
from gongkai.errors import GongkaiError, cause_of
from gongkai.messages import Message, message
from gongkai.regular_file import read_regular

SIGNING_VERSION = "0.1.0"
STAMP_WITHIN = timedelta(minutes=10)
"""Time between the signature and its timestamp."""

CERTIFICATE_AGE = timedelta(days=7)
"""Age of the certificate of a domain when it signs."""

MAX_PEM_BYTES = 1 << 20
"""Size of the largest file with a key or certificates that is read; one has some thousand bytes."""

KEY_MODE = 0o600
ALGORITHM = ec.ECDSA(hashes.SHA256())
ANONYMOUS_CURVE, ANONYMOUS_BYTES = ec.SECP384R1, 48


class KeyUnusable(GongkaiError):
    """The key, or the certificate of its domain, cannot be used."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs. `chain` are the certificates of its domain as PEM; empty in the anonymous form.

    `authority` is the address of the timestamping authority, "" without one.
    """

    key: ec.EllipticCurvePrivateKey
    authority: str = ""
    chain: str = ""
    domain: str = ""

    @property
    def public_key(self) -> str:
        """The public key in base64 (DER)."""
        der = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(der).decode()


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """What a signature is worth. `signed_by` is the domain or the public key, "" without a signature.

    `time` is that of its timestamp where a pinned certificate proves it, else "".
    """

    signed_by: str = ""
    time: str = ""
    is_by_domain: bool = False
    wrong: tuple[Message, ...] = ()


def load_signer(key: Path, authority: str = "", certificate: Path | None = None) -> Signer:
    """Return the signer of a key file, which is made where there is none.

    Raises:
        KeyUnusable: The key or the certificate cannot be used.
    """
    try:
        if not key.exists():
            _make_key(key)
        loaded = load_pem_private_key(read_regular(key, MAX_PEM_BYTES), None)
        chain = read_regular(certificate, MAX_PEM_BYTES).decode("ascii") if certificate else ""
        domain = _domain_of(chain, loaded.public_key()) if chain else ""
    except (OSError, *DAMAGE) as problem:
        raise KeyUnusable("signing_key_unusable", path=str(key), why=cause_of(problem)) from problem
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        raise KeyUnusable("signing_key_unusable", path=str(key), why="no EC key")
    return Signer(loaded, authority, chain, domain)


def sign_digest(
    signer: Signer, digest: str, created: str, software: str
) -> tuple[dict[str, str], Message | None]:
    """Return the `signedData` of a digest ("sha256:<hex>"), and why it has no timestamp.

    The reason is None where it has one, and where no authority is named.
    """
    der = signer.key.sign(digest.encode("ascii"), ALGORITHM)
    is_plain = not signer.chain and isinstance(signer.key.curve, ANONYMOUS_CURVE)
    signature = base64.b64encode(_plain_signature(der) if is_plain else der).decode("ascii")
    signed = {
        "hash": digest,
        "created": created,
        "software": software,
        "version": SIGNING_VERSION,
        "signature": signature,
    }
    if signer.chain:
        signed |= {"domain": signer.domain, "domainCert": signer.chain}
    else:
        signed |= {"publicKey": signer.public_key}
    if not signer.authority:
        return signed, None
    try:
        answer = request_stamp(signer.authority, signature.encode("ascii"))
        stamp = base64.b64encode(answer).decode("ascii")
        return signed | {"timeSignature": stamp, "timestampCert": _certificates_of(answer)}, None
    except StampFailed as problem:
        return signed, problem.message


def check_signature(
    signed: Mapping[str, object], digest: str, roots: Sequence[PinnedRoot]
) -> SignatureVerdict:
    """Return what the `signedData` of a package says of the digest of its datapackage.json."""
    texts = {name: value for name, value in signed.items() if isinstance(value, str)}
    if texts.get("hash") != digest:
        return SignatureVerdict(wrong=(message("signature_of_other_bytes"),))
    signature = texts.get("signature", "")
    try:
        key, signed_by = _key_of(texts)
        der = _der_signature(base64.b64decode(signature, validate=True), key)
        key.verify(der, digest.encode("ascii"), ALGORITHM)
    except (InvalidSignature, binascii.Error, *DAMAGE):
        return SignatureVerdict(wrong=(message("signature_wrong"),))
    time, wrong = _check_time(texts, signature, roots)
    return SignatureVerdict(signed_by, time, "domainCert" in texts, wrong)


def _plain_signature(der: bytes) -> bytes:
    """Return the two numbers of a signature on the curve of the anonymous form, each in 48 bytes."""
    return b"".join(each.to_bytes(ANONYMOUS_BYTES, "big") for each in decode_dss_signature(der))


def _der_signature(signature: bytes, key: ec.EllipticCurvePublicKey) -> bytes:
    """Return a signature as DER, which is longer than its two numbers."""
    size = (key.curve.key_size + 7) // 8
    if len(signature) != 2 * size:
        return signature
    numbers = (int.from_bytes(each, "big") for each in (signature[:size], signature[size:]))
    return encode_dss_signature(*numbers)


def _check_time(
    texts: Mapping[str, str], signature: str, roots: Sequence[PinnedRoot]
) -> tuple[str, tuple[Message, ...]]:
    """Return when an authority saw a signature ("" where nobody pinned its certificate), and what is wrong."""
    stamped = texts.get("timeSignature", "")
    if not stamped:
        return "", ()
    try:
        facts = read_answer(base64.b64decode(stamped, validate=True))
        created = datetime.fromisoformat(texts.get("created", "")).astimezone(UTC)
    except (StampDamaged, ValueError) as problem:
        return "", (message("signature_stamp_wrong", why=cause_of(problem)),)
    verdict = check_facts(facts, "", signature.encode("ascii", "replace"), roots)
    wrong = [message("signature_stamp_wrong", why=verdict.why)] if verdict.why else []
    if not created <= facts.time + timedelta(seconds=1) <= created + STAMP_WITHIN:
        wrong.append(
            message("signature_stamp_late", created=texts["created"], time=utc_stamp(facts.time))
        )
    return utc_stamp(facts.time) if verdict.state == "proved" else "", tuple(wrong)


def _key_of(texts: Mapping[str, str]) -> tuple[ec.EllipticCurvePublicKey, str]:
    """Return the public key of a signature, and whose it is.

    Raises:
        ValueError: There is none, or it is of another kind.
    """
    if chain := texts.get("domainCert"):
        certificate = x509.load_pem_x509_certificates(chain.encode("ascii"))[0]
        key: object = certificate.public_key()
        name = texts.get("domain", "")
        if name not in _names_of(certificate):
            raise ValueError("the certificate is of another domain")
    else:
        name = texts.get("publicKey", "")
        key = load_der_public_key(base64.b64decode(name, validate=True))
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("no EC key")
    return key, name


def _domain_of(chain: str, key: object) -> str:
    """Return the domain of a chain of certificates that belongs to a key.

    Raises:
        ValueError: It belongs to another key, names no domain, or is too old to sign.
    """
    certificate = x509.load_pem_x509_certificates(chain.encode("ascii"))[0]
    if certificate.public_key() != key:
        raise ValueError("the certificate belongs to another key")
    if clock.now() - certificate.not_valid_before_utc > CERTIFICATE_AGE:
        raise ValueError("the certificate is older than seven days")
    names = _names_of(certificate)
    if not names:
        raise ValueError("the certificate names no domain")
    return names[0]


def _names_of(certificate: x509.Certificate) -> list[str]:
    found = [
        str(each.value)
        for each in certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    ]
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return found
    return found + names.value.get_values_for_type(x509.DNSName)


def _certificates_of(answer: bytes) -> str:
    """Return the certificates in an authority's answer as PEM, the one that signed first."""
    facts = read_answer(answer)
    certificates = [
        x509.load_der_x509_certificate(der) for der in facts.response.signed_data.certificates
    ]
    issuers = {each.issuer for each in certificates if each.issuer != each.subject}
    certificates.sort(key=lambda each: each.subject in issuers)
    return "".join(each.public_bytes(Encoding.PEM).decode("ascii") for each in certificates)


def _make_key(path: Path) -> None:
    """Make a key that only this user can read.

    Raises:
        OSError: It cannot be written.
    """
    key = ec.generate_private_key(ANONYMOUS_CURVE())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, KEY_MODE)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
