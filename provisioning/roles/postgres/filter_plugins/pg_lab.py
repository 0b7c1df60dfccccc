"""Filters that put values into PostgreSQL's own file formats, each with that format's quoting."""

import base64
import hashlib
import hmac


def _bytes(value):
    return str(value).encode("utf-8")


def conf_value(value):
    """A value as postgresql.conf takes it: always quoted, because every type may be.

    https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-CONFIGURATION-FILE
    """
    if isinstance(value, bool):
        value = "on" if value else "off"
    return "'%s'" % str(value).replace("\\", "\\\\").replace("'", "''")


def conninfo_value(value):
    """A value inside a libpq connection string.

    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE
    """
    return "'%s'" % str(value).replace("\\", "\\\\").replace("'", "\\'")


def sql_literal(value):
    """A string literal of SQL (standard_conforming_strings is on, as it is by default)."""
    return "'%s'" % str(value).replace("'", "''")


def psql_argument(value):
    """An argument of a psql backslash command."""
    return "'%s'" % str(value).replace("\\", "\\\\").replace("'", "''")


def pgpass_field(value):
    """A field of a password file: backslash and colon are escaped.

    https://www.postgresql.org/docs/current/libpq-pgpass.html
    """
    return str(value).replace("\\", "\\\\").replace(":", "\\:")


def scram_verifier(password, user):
    """What PostgreSQL stores for a SCRAM-SHA-256 password, so that the password itself never reaches the server.

    The salt comes from the password and the user name: the same password gives the same
    verifier, and a second run of the playbook sees that there is nothing to change.
    The password must be long and random, as the generated ones are.
    https://www.postgresql.org/docs/current/catalog-pg-authid.html, RFC 5803
    """
    iterations = 4096
    salt = hmac.new(_bytes(password), b"pg-lab:" + _bytes(user), hashlib.sha256).digest()[:16]
    salted = hashlib.pbkdf2_hmac("sha256", _bytes(password), salt, iterations)
    client_key = hmac.new(salted, b"Client Key", hashlib.sha256).digest()
    stored_key = hashlib.sha256(client_key).digest()
    server_key = hmac.new(salted, b"Server Key", hashlib.sha256).digest()

    def text(raw):
        return base64.b64encode(raw).decode("ascii")

    return "SCRAM-SHA-256$%d:%s$%s:%s" % (iterations, text(salt), text(stored_key), text(server_key))


def postgres_setting_changes(running, wanted):
    """How much each numeric setting of a running server would change.

    running: {name: {value, default}} as the server tells it; wanted: {name: value} as the config has it.
    Returns [{name, by}], only what changes. A setting the config leaves out goes back to its default.
    """
    changes = []
    for name in sorted(running):
        by = int(wanted.get(name, running[name]["default"])) - running[name]["value"]
        if by:
            changes.append({"name": name, "by": by})
    return changes


def tablespace_pairs(places, restored=None):
    """What pg_lab_tablespaces takes: each tablespace with its place on the server that is cloned and the one here.

    restored: {place there: place here}; what it does not name is at the same place.
    """
    return [{"from": place, "to": (restored or {}).get(place, place)} for place in places]


class FilterModule:
    """The filters under the names the templates use."""

    def filters(self):
        """Return each filter by its name."""
        return {
            "conf_value": conf_value,
            "conninfo_value": conninfo_value,
            "pgpass_field": pgpass_field,
            "postgres_setting_changes": postgres_setting_changes,
            "psql_argument": psql_argument,
            "scram_verifier": scram_verifier,
            "sql_literal": sql_literal,
            "tablespace_pairs": tablespace_pairs,
        }
