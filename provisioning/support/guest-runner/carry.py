"""Carries the lab's files to the machine that runs Ansible for a computer that has none, and what it made back.

carry.py receive    takes a JSON object from standard input: files (path -> content in base64), among them
                    keys/NAME for each machine, and hosts (name, address, user, alias of its host key)
carry.py hand-back  prints the passwords, certificates and host keys as such files, and leaves nothing behind
"""

import base64
import fcntl
import json
import os
import shutil
import sys

HOME = "/root/pg-lab"
LOCK = "/run/pg-lab.lock"  # play.sh holds it: where we were cut off, it may run on for a while
KNOWN_HOSTS = ".pg-lab/known_hosts"
MADE_HERE = (".pg-lab/secrets", ".pg-lab/tls", KNOWN_HOSTS)

# The same as on a computer with Ansible, but each machine is reached by its own address.
HOST = """Host {name} {address}
  HostName {address}
  User {user}
  IdentityFile {home}/keys/{name}
  IdentitiesOnly yes
  BatchMode yes
  LogLevel ERROR
  ConnectTimeout 10
  ServerAliveInterval 5
  ServerAliveCountMax 3
  ControlMaster auto
  ControlPersist 60s
  ControlPath {home}/%C
  StrictHostKeyChecking accept-new
  UserKnownHostsFile {home}/{known_hosts}
  HostKeyAlias {alias}
  CheckHostIP no
"""


def write(path, content):
    file = os.path.join(HOME, path)
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, "wb") as out:
        out.write(content)


def forget():
    while os.path.isdir(HOME):
        try:
            shutil.rmtree(HOME)
        except FileNotFoundError:
            pass  # a shared connection of ssh ended meanwhile, and its socket went: on with the rest


def receive():
    bundle = json.load(sys.stdin)
    lock = os.open(LOCK, os.O_WRONLY | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    forget()
    for path, content in bundle["files"].items():
        write(path, base64.b64decode(content))
    hosts = [HOST.format(home=HOME, known_hosts=KNOWN_HOSTS, **host) for host in bundle["hosts"]]
    write(".pg-lab/ssh_config", "\n".join(hosts).encode("utf-8"))


def made_here():
    for place in (os.path.join(HOME, path) for path in MADE_HERE):
        if os.path.isfile(place):
            yield place
        for folder, _, names in os.walk(place):
            yield from (os.path.join(folder, name) for name in names if not name.startswith("."))


def hand_back():
    files = {}
    for file in made_here():
        with open(file, "rb") as content:
            files[os.path.relpath(file, HOME)] = base64.b64encode(content.read()).decode("ascii")
    json.dump({"files": files}, sys.stdout)
    sys.stdout.flush()
    forget()  # keys that open every machine must not stay on one of them


os.umask(0o077)  # keys and passwords are among the files
{"receive": receive, "hand-back": hand_back}[sys.argv[1]]()
