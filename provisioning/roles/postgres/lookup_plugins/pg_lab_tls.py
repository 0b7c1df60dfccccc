"""The lab's authority and the certificates it signs, made on the computer that runs Ansible."""

DOCUMENTATION = """
name: pg_lab_tls
short_description: A server's certificate, signed by the lab's own authority
description:
  - Makes the authority once, and a key and a certificate for each server, in a folder that git ignores.
  - Makes them again a year before they end, and when a server gets another address.
options:
  _terms:
    description: The folder, seen from the playbook; the server's name; its IPv4 address.
    required: true
"""

RETURN = """
_raw:
  description: C(ca) and C(certificate), the authority's certificate and the server's, and C(key), the server's private key, all PEM.
"""

import datetime
import fcntl
import hashlib
import ipaddress
import json
import os
import time

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase

DAY_S = 86_400
AUTHORITY_DAYS = 3_650
SERVER_DAYS = 730
RENEW_DAYS_BEFORE = 365


class Folder:
    """Files that only their owner reads, each whole or not there."""

    def __init__(self, path):
        self.path = path
        os.makedirs(path, mode=0o700, exist_ok=True)

    def __enter__(self):
        # Ansible asks for several hosts at once, each in a process of its own.
        self.lock = os.open(os.path.join(self.path, ".lock"), os.O_WRONLY | os.O_CREAT, 0o600)
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        return self

    def __exit__(self, *_):
        os.close(self.lock)

    def read(self, name):
        try:
            with open(os.path.join(self.path, name), encoding="ascii") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def write(self, name, text):
        path = os.path.join(self.path, name)
        with open(os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(text)
        os.replace(path + ".new", path)


def kept(folder, name, purpose):
    """Key and certificate as they were made for this purpose; nothing where they were not, or must be made again."""
    try:
        note = json.loads(folder.read(name + ".json"))
    except ValueError:
        return None
    if note.get("for") != purpose or note.get("renew_after", 0) < time.time():
        return None
    key, certificate = folder.read(name + ".key"), folder.read(name + ".crt")
    return (key, certificate) if key and certificate else None


def keep(folder, name, purpose, days, made):
    """The note comes last: without it the others do not count."""
    key, certificate = made
    folder.write(name + ".key", key)
    folder.write(name + ".crt", certificate)
    renew_after = time.time() + (days - RENEW_DAYS_BEFORE) * DAY_S
    folder.write(name + ".json", json.dumps({"for": purpose, "renew_after": renew_after}))
    return made


def new_key():
    from cryptography.hazmat.backends import default_backend
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1(), default_backend())


def pem_of(key):
    from cryptography.hazmat.primitives import serialization

    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode("ascii")


def key_of(pem):
    from cryptography.hazmat.backends import default_backend
    from cryptography.hazmat.primitives import serialization

    return serialization.load_pem_private_key(pem.encode("ascii"), None, default_backend())


def name_of(text):
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def signed(subject, key, issuer, issuer_key, days, extensions):
    """A certificate as PEM. It begins yesterday, for the servers' clocks may be behind."""
    from cryptography import x509
    from cryptography.hazmat.backends import default_backend
    from cryptography.hazmat.primitives import hashes, serialization

    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name_of(subject))
        .issuer_name(name_of(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    certificate = builder.sign(issuer_key, hashes.SHA256(), default_backend())
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")


AUTHORITY = "pg-lab authority"


def make_authority(folder):
    """A new certificate keeps an old key: what it signed before stays good."""
    from cryptography import x509

    pem = folder.read("ca.key")
    key = key_of(pem) if pem else new_key()
    may = {"key_cert_sign": True, "crl_sign": True}
    may_not = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
               "encipher_only", "decipher_only")
    extensions = [
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (x509.KeyUsage(**may, **dict.fromkeys(may_not, False)), True),
    ]
    return pem_of(key), signed(AUTHORITY, key, AUTHORITY, key, AUTHORITY_DAYS, extensions)


def make_server(name, address, authority_key):
    """Its address is among the names too: before PostgreSQL 15 libpq compares it as text.

    https://www.postgresql.org/docs/current/libpq-ssl.html#LIBQ-SSL-CERTIFICATES
    """
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    key = new_key()
    names = [x509.DNSName(name), x509.DNSName(address), x509.IPAddress(ipaddress.ip_address(address))]
    extensions = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.SubjectAlternativeName(names), False),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
    ]
    return pem_of(key), signed(name, key, AUTHORITY, key_of(authority_key), SERVER_DAYS, extensions)


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        path, name, address = terms
        with Folder(self._loader.path_dwim(path)) as folder:
            try:
                authority = kept(folder, "ca", "authority") or keep(
                    folder, "ca", "authority", AUTHORITY_DAYS, make_authority(folder)
                )
                purpose = {
                    "name": name,
                    "address": address,
                    "authority": hashlib.sha256(authority[0].encode("ascii")).hexdigest(),
                }
                server = kept(folder, "server-" + name, purpose) or keep(
                    folder, "server-" + name, purpose, SERVER_DAYS, make_server(name, address, authority[0])
                )
            except ImportError as error:
                raise AnsibleError(
                    "Certificates are made with Python's module cryptography, which ansible-core needs as well: %s. "
                    "Install it, or set postgres.tls to false in cluster.config.ts." % error
                )
        return [{"ca": authority[1], "key": server[0], "certificate": server[1]}]
