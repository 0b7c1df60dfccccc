"""What the guard counts as given up in the WAL of a real server: a JSON object of step and count, for each step on stdin."""

import json
import os
import re
import shlex
import subprocess
import sys

from throwaway_server import Server

programs, guard = sys.argv[1:]
steps = json.load(sys.stdin)

with Server(programs) as server:
    ends = []
    for step in ["CREATE TABLE t AS SELECT g AS k FROM generate_series(1, 5000) AS g | CREATE SEQUENCE s", *steps]:
        # Each statement by itself: VACUUM works in no transaction.
        for statement in step.split(" | "):
            server.run(programs + "/psql", "-X", "-q", "-h", server.folder, "-U", "postgres", "-d", "postgres", "-c", statement)
        ends.append(server.psql("SELECT to_json(pg_current_wal_insert_lsn()::text)")[0])
    own = os.path.join(server.folder, "guard")
    with open(guard, encoding="utf-8") as file:
        text = file.read()
    for name, value in {"data": server.data, "bin": programs}.items():
        text = re.sub("^%s=.*" % name, "%s=%s" % (name, shlex.quote(value)), text, flags=re.M)
    with open(own, "w", encoding="utf-8") as file:
        file.write(text)
    counted = {}
    for step, start, end in zip(steps, ends, ends[1:]):
        done = subprocess.run(["sh", own, "commits", "1:%s:%s" % (start, end)], capture_output=True, text=True, cwd=server.folder)
        counted[step] = re.findall("^(?:commits|unread)=(.*)", done.stdout, re.M)
    print(json.dumps(counted))
