"""Packages of records: valid for others' programs, replayable, signed, and verified byte by byte."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from gongkai.crawler.evidence.stamp_roots import read_roots
from gongkai.crawler.evidence.wacz_check import verify_wacz
from gongkai.crawler.evidence.wacz_records import packed_records
from gongkai.crawler.evidence.wacz_signature import (
    KeyUnusable,
    check_signature,
    load_signer,
    sign_digest,
)
from gongkai.crawler.evidence.wacz_writer import WaczAbout, WaczPage, write_wacz
from gongkai.crawler.warc.parse import gzip_members, parse_record
from gongkai.crawler.warc.store import Snapshots
from tests.crawler.evidence.authority import Authority, make_authority, served
from tests.crawler.replaying import replay

WACZ = Path(sys.prefix) / "wacz" / "bin"
"""In an environment of its own (tests/wacz.txt), which `make test` makes."""

DOMAIN = "archive.example.org"


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Iterator[Authority]:
    with served(make_authority(tmp_path_factory.mktemp("tsa") / "a")) as running:
        yield running


@pytest.fixture
def kept(tmp_path, keep_run):
    """Two nights of two pages, of which one did not change."""
    folder = tmp_path / "snapshots"
    with Snapshots(folder) as snapshots:
        keep_run(snapshots, 1, b"<p>one</p>", "<p>公开</p>".encode(), month="03")
        keep_run(snapshots, 2, b"<p>one</p>", "<p>新</p>".encode(), month="04")
        yield snapshots


def write(kept, path, signer=None, wanted=None):
    wanted = list(kept.all()) if wanted is None else wanted
    pages = [WaczPage(each.url, each.fetched_at, "年度报告", each.id) for each in wanted]
    return write_wacz(packed_records(kept, wanted), path, pages, WaczAbout("卫滨区"), signer)


@pytest.fixture
def package(kept, tmp_path):
    """A signed package of all records."""
    write(kept, tmp_path / "weibin.wacz", load_signer(tmp_path / "key.pem"))
    return tmp_path / "weibin.wacz"


def validate(package, *words):
    return subprocess.run(
        [WACZ / "wacz", "validate", "-f", package, *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )


def test_the_validator_of_others_passes_it(package):
    validated = validate(package)
    assert "the passed WACZ is valid" in validated.stdout, validated.stdout + validated.stderr


def test_everything_is_stored_and_named(package):
    with ZipFile(package) as file:
        assert {info.compress_type for info in file.infolist()} == {ZIP_STORED}
        stated = json.loads(file.read("datapackage.json"))
        assert [each["path"] for each in stated["resources"]] == [
            "archive/data.warc.gz",
            "indexes/index.cdx",
            "pages/pages.jsonl",
        ]
        assert (stated["wacz_version"], stated["title"]) == ("1.1.1", "卫滨区")
        lines = file.read("pages/pages.jsonl").decode().splitlines()
    assert json.loads(lines[0])["format"] == "json-pages-1.0"
    assert len(lines) == 5


def test_heads_and_directory_of_the_files_are_as_long(package):
    """ReplayWeb.page takes the place of a file from the directory: an extra field before it alone moved it."""
    content = package.read_bytes()
    with ZipFile(package) as file:
        for info in file.infolist():
            _, extra = struct.unpack(
                "<HH", content[info.header_offset + 26 : info.header_offset + 30]
            )
            assert extra == len(info.extra) == 0


def test_the_records_are_those_of_the_originals_byte_for_byte(kept, package, tmp_path):
    originals = b"".join(path.read_bytes() for path in sorted(kept.folder.glob("*.warc.gz")))
    with ZipFile(package) as file:
        content = file.read("archive/data.warc.gz")
        index = file.read("indexes/index.cdx").decode().splitlines()
    (tmp_path / "data.warc.gz").write_bytes(content)
    kinds = []
    with (tmp_path / "data.warc.gz").open("rb") as stream:
        for start, end, record in gzip_members(stream):
            kinds.append(parse_record(record).kind)
            assert start == 0 or content[start:end] in originals
    assert kinds == [
        "warcinfo",
        *["response", "request"] * 2,
        "revisit",
        "request",
        "response",
        "request",
    ]
    assert len(index) == 4
    for line in index:
        fields = json.loads(line.split(" ", 2)[2])
        start, size = int(fields["offset"]), int(fields["length"])
        assert content[start : start + size] in originals


def test_a_package_is_replayed(kept, package, tmp_path):
    with ZipFile(package) as file:
        file.extractall(tmp_path / "unpacked")
    folder = tmp_path / "unpacked"
    with replay(folder / "archive", folder / "indexes", tmp_path / "pywb") as asked:
        for snapshot in kept.all():
            stamp = re.sub(r"\D", "", snapshot.fetched_at)
            assert asked(snapshot.url, stamp) == kept.body(snapshot)


def test_a_revisit_brings_the_record_that_it_refers_to(kept, tmp_path):
    revisit = next(each for each in kept.all() if kept.index.get(each.id).kind == "revisit")
    done = write(kept, tmp_path / "x.wacz", wanted=[revisit])
    assert done.records == 4
    assert verify_wacz(tmp_path / "x.wacz").wrong == []


def test_the_anonymous_signature_holds_and_the_key_is_kept(package, tmp_path):
    check = verify_wacz(package)
    signer = load_signer(tmp_path / "key.pem")
    assert check.wrong == []
    assert check.key == "sha256:" + hashlib.sha256(base64.b64decode(signer.public_key)).hexdigest()
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600


def test_the_signature_has_a_timestamp_where_an_authority_is_named(kept, tmp_path, authority):
    path = tmp_path / "x.wacz"
    write(kept, path, load_signer(tmp_path / "key.pem", authority.url))
    proved = verify_wacz(path, read_roots([authority.root]))
    assert (proved.wrong, proved.signature.time[:4]) == ([], str(datetime.now(UTC).year))
    assert verify_wacz(path).signature.time == ""
    assert "the passed WACZ is valid" in validate(path).stdout


def test_a_silent_authority_leaves_a_whole_package(kept, tmp_path):
    done = write(
        kept, tmp_path / "x.wacz", load_signer(tmp_path / "key.pem", "http://127.0.0.1:9/")
    )
    assert done.unstamped.key == "stamp_failed"
    assert verify_wacz(tmp_path / "x.wacz").wrong == []


def certificate(folder: Path, days: int = 1) -> tuple[Path, Path, str]:
    """Make the key of a domain, its chain of certificates, and return the root's fingerprint too."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issued = datetime.now(UTC) - timedelta(days=days)

    def made(name: str, issuer: str, public: ec.EllipticCurvePublicKey, is_root: bool):
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(issued)
            .not_valid_after(issued + timedelta(days=90))
            .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        )
        if not is_root:
            names = x509.SubjectAlternativeName([x509.DNSName(name)])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(root_key, hashes.SHA256())

    root = made("Invented Root", "Invented Root", root_key.public_key(), True)
    leaf = made(DOMAIN, "Invented Root", key.public_key(), False)
    chain = folder / "chain.pem"
    chain.write_bytes(leaf.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM))
    key_path = folder / "domain.pem"
    key_path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key_path, chain, root.fingerprint(hashes.SHA256()).hex()


def test_the_verifier_of_others_accepts_the_form_of_a_domain(kept, tmp_path, authority):
    key, chain, fingerprint = certificate(tmp_path)
    path = tmp_path / "x.wacz"
    write(kept, path, load_signer(key, authority.url, chain))
    check = verify_wacz(path, read_roots([authority.root]))
    assert (check.wrong, check.key, check.signature.is_by_domain) == ([], DOMAIN, True)

    with ZipFile(path) as file:
        signed = json.loads(file.read("datapackage-digest.json"))["signedData"]
    (tmp_path / "signed.json").write_text(json.dumps(signed))
    stamping = x509.load_pem_x509_certificates(signed["timestampCert"].encode())[-1]
    (tmp_path / "roots.yaml").write_text(
        f"domain_cert_roots: [{fingerprint}]\n"
        f"timestamp_cert_roots: [{stamping.fingerprint(hashes.SHA256()).hex()}]\n"
    )
    script = (
        "import json, sys; from authsign.verifier import Verifier; "
        "print(Verifier(sys.argv[1])(json.load(open(sys.argv[2]))).observer)"
    )
    done = subprocess.run(
        [WACZ / "python", "-c", script, tmp_path / "roots.yaml", tmp_path / "signed.json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip().endswith(DOMAIN), done.stdout + done.stderr


def test_signatures_on_other_curves_and_in_der_are_read(kept, tmp_path):
    """As authsign and earlier versions write them."""
    for curve in (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()):
        key = ec.generate_private_key(curve)
        path = tmp_path / f"{curve.name}.pem"
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        signed, _ = sign_digest(load_signer(path), "sha256:00", "2026-03-01T02:00:00Z", "x")
        der = key.sign(b"sha256:00", ec.ECDSA(hashes.SHA256()))
        for each in (signed, {**signed, "signature": base64.b64encode(der).decode()}):
            assert check_signature(each, "sha256:00", ()).wrong == ()
            assert check_signature({**each, "hash": "sha256:01"}, "sha256:01", ()).wrong != ()


def test_an_anonymous_signature_is_that_of_archiveweb_page(tmp_path):
    """Two numbers of 48 bytes on P-384, however small one of them is."""
    signer = load_signer(tmp_path / "key.pem")
    assert isinstance(signer.key.curve, ec.SECP384R1)
    for number in range(40):
        signed, _ = sign_digest(signer, f"sha256:{number}", "2026-03-01T02:00:00Z", "x")
        assert len(base64.b64decode(signed["signature"])) == 96
        assert check_signature(signed, f"sha256:{number}", ()).wrong == ()


def test_a_certificate_that_is_old_or_of_another_key_does_not_sign(tmp_path):
    key, chain, _ = certificate(tmp_path, days=9)
    with pytest.raises(KeyUnusable):
        load_signer(key, "", chain)
    key, chain, _ = certificate(tmp_path)
    with pytest.raises(KeyUnusable):
        load_signer(tmp_path / "other.pem", "", chain)
    (tmp_path / "none.pem").write_text("no key")
    with pytest.raises(KeyUnusable):
        load_signer(tmp_path / "none.pem")


def rewritten(package: Path, name: str, change, compression: int = ZIP_STORED) -> Path:
    """Write a package anew, one file of it changed, left out (None) or added."""
    path = package.with_name("changed.wacz")
    with ZipFile(package) as old, ZipFile(path, "w", compression) as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == name:
                content = change(content)
            if content is not None:
                new.writestr(info.filename, content)
        if name not in old.namelist():
            new.writestr(name, change(b""))
    return path


def other_letter(found: re.Match[bytes]) -> bytes:
    return found[1] + (b"b" if found[2] == b"a" else b"a")


def flip(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        ("archive/data.warc.gz", flip, ["wacz_file_wrong"]),
        ("archive/data.warc.gz", lambda _: None, ["wacz_file_missing"]),
        ("archive/data.warc.gz", lambda content: content + b"0", ["wacz_file_wrong"]),
        ("archive/more.warc.gz", lambda _: b"0", ["wacz_file_unlisted"]),
        (
            "pages/pages.jsonl",
            lambda content: content.replace("报".encode(), b"   "),
            ["wacz_file_wrong"],
        ),
        ("datapackage.json", lambda _: b"{", ["wacz_unreadable"]),
        ("datapackage.json", lambda _: None, ["wacz_without_package"]),
        ("datapackage.json", lambda _: b"[" * 100_000, ["wacz_unreadable"]),
        (
            "datapackage.json",
            lambda content: content.replace(b"1.1.1", b"1.1.2"),
            ["wacz_package_changed", "signature_of_other_bytes"],
        ),
        (
            "datapackage-digest.json",
            lambda content: re.sub(rb'("signature": "..)(.)', other_letter, content),
            ["signature_wrong"],
        ),
    ],
)
def test_whatever_was_changed_is_found(package, name, change, expected):
    changed = rewritten(package, name, change)
    assert [each.key for each in verify_wacz(changed).wrong] == expected


def test_a_bomb_is_read_no_further_than_is_stated(package):
    changed = rewritten(package, "archive/data.warc.gz", lambda _: bytes(64 << 20), ZIP_DEFLATED)
    check = verify_wacz(changed)
    assert [each.key for each in check.wrong] == ["wacz_file_wrong"]
    assert check.bytes < 4 << 20


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x03\x04" + bytes(40), bytes(4096)])
def test_what_is_no_package_is_said_so(tmp_path, content):
    (tmp_path / "x.wacz").write_bytes(content)
    assert [each.key for each in verify_wacz(tmp_path / "x.wacz").wrong] == ["wacz_unreadable"]
