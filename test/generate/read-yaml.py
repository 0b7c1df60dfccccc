"""Reads YAML files as Ansible does, one JSON list of texts a line, and prints what they hold, one JSON list a line."""

import json
import sys

import yaml


class Loader(yaml.CSafeLoader):
    """Ansible's loader is PyYAML's, with tags of its own."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))

for line in sys.stdin:
    print(json.dumps([yaml.load(text, Loader=Loader) for text in json.loads(line)]), flush=True)
