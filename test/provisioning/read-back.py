"""Writes values with the filters of role postgres and reads them back with PostgreSQL's own parsers.

Reads one JSON object {values, naive} from standard input: the values, and whether to leave the escaping out.
Prints one JSON object: what each parser read, in the order of the values.
Usage: read-back.py <folder of the server's programs> <filter plugin>
"""

import ctypes
import importlib.util
import json
import os
import sys
import tempfile

from throwaway_server import Server

BIN, PLUGIN = sys.argv[1:]

spec = importlib.util.spec_from_file_location("pg_lab", PLUGIN)
pg_lab = importlib.util.module_from_spec(spec)
spec.loader.exec_module(pg_lab)

request = json.load(sys.stdin)
values = request["values"]


def escaped(name):
    """The filter, or what a careless hand would write in its place."""
    return (lambda value: "'%s'" % value) if request["naive"] else getattr(pg_lab, name)


def conf(server):
    quote = escaped("conf_value")
    server.write("postgresql.conf", "".join("lab.v%d = %s\n" % (at, quote(value)) for at, value in enumerate(values)))
    rows = server.psql("SELECT json_build_array(name, setting) FROM pg_file_settings WHERE name LIKE 'lab.v%' ORDER BY seqno;\n")
    found = dict(row for row in rows if row)
    return [found.get("lab.v%d" % at) for at in range(len(values))]


def statements(server, statement):
    answers = {}
    for row in server.psql("".join(statement(at, value) for at, value in enumerate(values))):
        if isinstance(row, list) and len(row) == 2:
            answers.setdefault(row[0], row[1])
    return [answers.get(at) for at in range(len(values))]


def literals(server):
    quote = escaped("sql_literal")
    return statements(server, lambda at, value: "SELECT json_build_array(%d, %s::text);\n" % (at, quote(value)))


def arguments(server):
    quote = escaped("psql_argument")
    return statements(
        server, lambda at, value: "\\set v %s\nSELECT json_build_array(%d, :'v'::text);\n" % (quote(value), at)
    )


class Libpq:
    """What libpq makes of connection strings and password files, without a connection."""

    class Option(ctypes.Structure):
        _fields_ = [(name, ctypes.c_char_p) for name in ("keyword", "envvar", "compiled", "val", "label", "dispchar")]
        _fields_ += [("dispsize", ctypes.c_int)]

    def __init__(self):
        self.lib = ctypes.CDLL("libpq.so.5")
        self.lib.PQconninfoParse.restype = ctypes.POINTER(self.Option)
        self.lib.PQconninfoParse.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
        self.lib.PQconnectStartParams.restype = ctypes.c_void_p
        self.lib.PQpass.restype = ctypes.c_char_p
        self.lib.PQpass.argtypes = [ctypes.c_void_p]
        self.lib.PQfinish.argtypes = [ctypes.c_void_p]

    def parse(self, text):
        options = self.lib.PQconninfoParse(text.encode(), None)
        if not options:
            return None
        found = {}
        at = 0
        while options[at].keyword:
            if options[at].val is not None:
                found[options[at].keyword.decode()] = options[at].val.decode()
            at += 1
        return found.get("application_name") if set(found) == {"application_name", "port"} else None

    def password(self, user, passfile):
        options = {"host": "127.0.0.1", "port": "1", "dbname": "lab", "user": user, "passfile": passfile}
        array = ctypes.c_char_p * (len(options) + 1)
        connection = self.lib.PQconnectStartParams(
            array(*[key.encode() for key in options], None), array(*[value.encode() for value in options.values()], None), 0
        )
        found = self.lib.PQpass(connection)
        self.lib.PQfinish(connection)
        return found.decode() if found else None


def conninfo(libpq):
    quote = escaped("conninfo_value")
    return [libpq.parse("port=1 application_name=" + quote(value)) for value in values]


def pgpass(libpq, folder):
    """The value as the user's name and as the password."""
    field = str if request["naive"] else pg_lab.pgpass_field
    passfile = os.path.join(folder, "pgpass")
    read = []
    for value in values:
        with open(passfile, "w", encoding="utf-8", newline="\n", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write("127.0.0.1:1:lab:%s:%s\n" % (field(value), field(value)))
        read.append(libpq.password(value, passfile))
    return read


libpq = Libpq()
with Server(BIN) as server, tempfile.TemporaryDirectory() as folder:
    print(
        json.dumps(
            {
                "postgresql.conf": conf(server),
                "sql": literals(server),
                "psql": arguments(server),
                "conninfo": conninfo(libpq),
                "pgpass": pgpass(libpq, folder),
            }
        )
    )
