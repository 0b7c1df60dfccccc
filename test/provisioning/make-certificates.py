"""Asks the lookup pg_lab_tls as the roles do.

Reads one JSON list a line from standard input, a server's name and its address; prints for each one JSON object.
Usage: make-certificates.py <folder>
"""

import json
import sys

from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import lookup_loader

lookup_loader.add_directory("provisioning/roles/postgres/lookup_plugins")
lookup = lookup_loader.get("pg_lab_tls", loader=DataLoader())
for line in sys.stdin:
    [files] = lookup.run([sys.argv[1], *json.loads(line)])
    print(json.dumps(files), flush=True)
