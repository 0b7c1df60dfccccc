"""A real PostgreSQL server for one test."""

import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile


class Server:
    """A real server that listens on a socket in its own folder; root may not run one."""

    def __init__(self, programs):
        self.programs = programs
        self.folder = tempfile.mkdtemp(prefix="pg-lab-pg-")
        self.data = os.path.join(self.folder, "data")
        self.user = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)

    def run(self, *words, **options):
        ids = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}
        done = subprocess.run(words, cwd=self.folder, capture_output=True, text=True, **ids, **options)
        if done.returncode:
            sys.exit("%s\n%s" % (" ".join(words), done.stderr))
        return done.stdout

    def __enter__(self):
        self.run(self.programs + "/initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        options = "-c listen_addresses= -c fsync=off -c unix_socket_directories=" + self.folder
        self.run(self.programs + "/pg_ctl", "-D", self.data, "-w", "-l", self.folder + "/log", "-o", options, "start")
        return self

    def __exit__(self, *_):
        self.run(self.programs + "/pg_ctl", "-D", self.data, "-m", "immediate", "stop")
        shutil.rmtree(self.folder)

    def psql(self, script):
        """One JSON value a line."""
        words = [self.programs + "/psql", "-X", "-q", "-A", "-t", "-h", self.folder, "-U", "postgres", "-d", "postgres"]
        return [json_or_none(line) for line in self.run(*words, input=script).splitlines()]

    def write(self, name, text):
        path = os.path.join(self.data, name)
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)


def json_or_none(line):
    try:
        return json.loads(line)
    except ValueError:
        return None
