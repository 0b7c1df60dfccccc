"""Prints what in the playbooks and roles of a folder newer cores of Ansible refuse or drop, one line each.

A condition must come out as true or false: Jinja's `and` and `or` give back an operand, so each of those must too.
`omit` in a list or below the first level takes away the element, and was kept as a word before. A fact is asked for by
its name in ansible_facts.
"""

import os
import re
import sys

import yaml
from jinja2 import Environment, nodes

NESTS = ("block", "rescue", "always", "tasks", "pre_tasks", "post_tasks", "handlers")
CONDITIONS = ("when", "until", "failed_when", "changed_when", "that")
# What Ansible itself calls its own; every other ansible_* is a fact.
OWN = {"ansible_facts", "ansible_play_hosts_all", "ansible_failed_result", "ansible_check_mode"}
# How a server is, see the role's tasks/read-state.yml.
STATE = {"initialised", "running", "in_recovery", "unread"}

environment = Environment()


def boolean(node, booleans):
    if isinstance(node, (nodes.Compare, nodes.Test, nodes.Not)):
        return True
    if isinstance(node, (nodes.And, nodes.Or)):
        return boolean(node.left, booleans) and boolean(node.right, booleans)
    if isinstance(node, nodes.CondExpr):
        return boolean(node.expr1, booleans) and boolean(node.expr2, booleans)
    if isinstance(node, nodes.Const):
        return isinstance(node.value, bool)
    if isinstance(node, nodes.Filter):
        return node.name == "bool"
    if isinstance(node, nodes.Name):
        return node.name in booleans
    return isinstance(node, nodes.Getattr) and node.attr in STATE and node.node.name == "postgres_state"


def expression(text):
    return environment.parse("{{ " + text + " }}").body[0].nodes[0]


def conditions(data):
    if isinstance(data, list):
        for entry in data:
            yield from conditions(entry)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key in CONDITIONS:
                yield from value if isinstance(value, list) else [value]
            else:
                yield from conditions(value)


def texts(data, depth=0):
    """Every text of a task's arguments, with how deep it lies in them."""
    if isinstance(data, dict):
        for value in data.values():
            yield from texts(value, depth + 1)
    elif isinstance(data, list):
        for value in data:
            yield from texts(value, depth + 2)
    elif isinstance(data, str):
        yield depth, data


def files(folder, *parts):
    for where, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            path = os.path.join(where, name)
            if name.endswith(".yml") and (not parts or any(f"/{part}/" in path for part in parts)):
                with open(path, encoding="utf-8") as file:
                    yield path, yaml.safe_load(file)


def declared(folder):
    """The variables that are true or false: as the roles declare them, and those made of such."""
    booleans = set()
    for _, specs in files(folder, "meta"):
        for spec in specs["argument_specs"].values():
            booleans |= {name for name, option in spec["options"].items() if option["type"] == "bool"}
    for _, variables in files(folder, "vars"):
        for name, value in (variables or {}).items():
            whole = re.fullmatch(r"\s*\{\{(.*)\}\}\s*", value, re.S) if isinstance(value, str) else None
            if whole and boolean(expression(whole[1]), booleans):
                booleans.add(name)
    return booleans


def tasks(data):
    for entry in data or []:
        yield entry
        for key in NESTS:
            yield from tasks(entry.get(key))


def main(folder):
    booleans = declared(folder)
    count = 0
    for path, data in files(folder):
        place = os.path.relpath(path, folder)
        for text in conditions(data) if isinstance(data, list) else []:
            count += 1
            if not isinstance(text, bool) and not boolean(expression(str(text)), booleans):
                print(f"{place}: neither true nor false: {text}")
        for task in tasks(data if isinstance(data, list) else []):
            for depth, text in texts({key: value for key, value in task.items() if key not in NESTS}):
                if depth > 2 and re.search(r"\bomit\b", text):
                    print(f"{place}: omit in a list: {text}")
    for where, _, names in os.walk(folder):
        for name in names:
            if not name.endswith((".yml", ".j2")):
                continue
            with open(os.path.join(where, name), encoding="utf-8") as file:
                for fact in sorted(set(re.findall(r"\bansible_[a-z_]+", file.read())) - OWN):
                    print(f"{name}: a fact by its old name: {fact}")
    print(f"{count} conditions read")


main(sys.argv[1])
