"""Renders the roles' templates as Ansible does and reads them back with the parsers of those who will read them.

Reads one JSON object a line from standard input: a lab's variables as a YAML text, and the name of its master.
Prints for each one JSON object: what the parsers found in pg_hba.conf, postgresql.conf, barman's files and the crontab.
Usage: read-templates.py <folder of the server's programs> <folder of the roles>
"""

import configparser
import json
import os
import sys

import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import filter_loader
from ansible.template import Templar
from throwaway_server import Server

BIN, ROLES = sys.argv[1:]
filter_loader.add_directory(os.path.join(ROLES, "postgres/filter_plugins"))
loader = DataLoader()

# What the roles find out on a host.
FOUND = {
    "ansible_facts": {"os_family": "Debian"},
    "backup_version": {"stdout": "3.13.0 Barman by EnterpriseDB", "stdout_lines": ["3.13.0 Barman by EnterpriseDB"]},
    "postgres_bin_directory": "/usr/lib/postgresql/15/bin",
    "postgres_conf_directory": "/etc/postgresql/15/main",
    "postgres_data_directory": "/var/lib/postgresql/15/main",
    "postgres_data_directory_name": "/var/lib/postgresql/15/main",
    "postgres_segment_mb": "64",
    "postgres_own_settings": "{{ postgres_nodes[0].settings }}",
    "postgres_copy_limit_s": "86400",
    "postgres_external_pid_file": "/run/postgresql/15-main.pid",
}


def own_variables():
    with open(os.path.join(ROLES, "backup/vars/main.yml"), encoding="utf-8") as file:
        return yaml.safe_load(file)


def render(template, variables):
    with open(os.path.join(ROLES, template), encoding="utf-8") as file:
        text = file.read()
    return Templar(loader=loader, variables=variables).template(text, convert_data=False, preserve_trailing_newlines=True)


def hba(server, variables):
    server.write("pg_hba.conf", render("postgres/templates/pg_hba.conf.j2", variables))
    return server.psql(
        "SELECT json_build_array(type, database, user_name, address, netmask, auth_method, error)"
        " FROM pg_hba_file_rules ORDER BY line_number;\n"
    )


def settings(server, variables):
    server.write("postgresql.conf", render("postgres/templates/postgresql.conf.j2", variables))
    return dict(server.psql("SELECT json_build_array(name, setting) FROM pg_file_settings WHERE name IS NOT NULL ORDER BY seqno;\n"))


def barman(variables):
    """As Barman reads them (barman/config.py): one parser, strict=False, the server's file over the common one."""
    parser = configparser.ConfigParser(strict=False)
    for name in ("barman.conf.j2", "server.conf.j2"):
        parser.read_string(render("backup/templates/" + name, variables))
    return {section: dict(parser[section]) for section in parser.sections()}


def crontab(variables):
    """As cron reads a system's table (crontab(5)): five words of time, the user, the command up to a bare %."""
    lines = [line for line in render("backup/templates/cron.j2", variables).splitlines() if line and line[0] != "#"]
    return [line.split(None, 6) if line[0] in "*0123456789" else line for line in lines]


with Server(BIN) as server:
    for line in sys.stdin:
        lab = json.loads(line)
        variables = {
            **FOUND,
            **own_variables(),
            **loader.load(lab["vars"]),
            "groups": {"masters": [lab["master"]]},
            "inventory_hostname": lab["master"],
            "postgres_primary_name": lab["master"],
        }
        found = {"hba": hba(server, variables), "settings": settings(server, variables)}
        if variables["postgres_backup_address"]:
            found.update(barman=barman(variables), crontab=crontab(variables))
        print(json.dumps(found), flush=True)
