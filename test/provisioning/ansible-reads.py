"""Reads variables as Ansible does and hands their values to a template. One JSON text (YAML) in, one JSON object out."""

import json
import sys

from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

loader = DataLoader()
variables = loader.load(json.load(sys.stdin))
templar = Templar(loader=loader, variables=variables)
text = templar.template("{% for value in values %}{{ value | to_json }}\n{% endfor %}", convert_data=False)
print(json.dumps([json.loads(line) for line in text.splitlines() if line]))
