#!/usr/bin/python
"""Tablespaces of a data directory that is replaced: made, mapped, and cleaned with the same care as the directory itself."""

import glob
import json
import os
import shutil

DOCUMENTATION = r"""
---
module: pg_lab_tablespaces
short_description: Make, map and clean the tablespaces of a data directory that is replaced
description:
  - A tablespace is a folder outside the data directory, often a disk of its own, so it cannot be renamed as a whole. A
    clone is made in the folder C(.pg-lab-new) inside it, and takes the place of the old one once the data directory is in
    its place. Until then nothing of the old one is touched.
options:
  data_directory:
    description: The data directory, as PostgreSQL has it once it is in its place.
    required: true
    type: path
  in_use:
    description: The data directory in use, where that is another folder than the next one will be, with C(room).
    type: path
  state:
    description:
      - C(room) makes the folders and returns how pg_basebackup is to map them. C(settled) puts what was cloned in its
        place; the server must be stopped. C(made) only makes folders that are missing; C(unmade) takes away those that
        C(record) names. C(gone) deletes a data directory that was set aside (C(aside)), with its tablespaces.
    required: true
    choices: [room, settled, made, unmade, gone]
    type: str
  tablespaces:
    description: Each as C(from), its place on the server that is cloned, and C(to), its place here.
    type: list
    elements: dict
    default: []
  aside:
    description: What the data directory that goes has behind its name, with C(gone).
    type: str
    default: ""
  record:
    description: A file that names what C(made) has made.
    type: path
  owner:
    description: Who is to own the folders.
    type: str
    default: postgres
"""

EXAMPLES = r"""
- name: Make room for the tablespaces
  pg_lab_tablespaces:
    data_directory: /var/lib/postgresql/17/main
    state: room
    tablespaces: [{from: /srv/fast, to: /srv/fast}]
"""

RETURN = r"""
mappings:
  description: Options of pg_basebackup.
  returned: with C(room)
  type: list
"""

# The second one is taken where a server still lives in the first: a run was cut off before it was put in its place.
NEW = (".pg-lab-new", ".pg-lab-new2")

# A tablespace is made where its server has it. A folder that the system itself reads is never made by us.
SYSTEM = ("bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "proc", "root", "run", "sbin", "sys", "usr")


class Refused(Exception):
    """What is there is not ours to touch."""


def links(data):
    """The links of a data directory to its tablespaces: [(link, target)]."""
    found = []
    folder = os.path.join(data, "pg_tblspc")
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        link = os.path.join(folder, name)
        if os.path.islink(link):
            found.append((link, os.readlink(link)))
    return found


def place_of(target):
    """The tablespace a link leads to, whether or not what was cloned is in its place."""
    return os.path.realpath(os.path.dirname(target) if os.path.basename(target) in NEW else target)


def places(data):
    """The tablespaces of a data directory."""
    return {place_of(target) for _, target in links(data)}


def set_aside(data):
    """Data directories that were set aside: what they have behind the name of the one in its place."""
    found = [path[len(data) + 1:] for path in glob.glob(glob.escape(data) + ".*") if os.path.isdir(path)]
    return sorted(name for name in found if name != "new")


def clusters_in(place):
    """What PostgreSQL has made in a tablespace: PG_15_202209061, one a major version."""
    return sorted(glob.glob(os.path.join(glob.escape(place), "PG_*")))


def make(place, owner, record=None):
    """Make a tablespace's folder as the server wants it; what is there already is only looked at."""
    if not os.path.isdir(place):
        missing = []
        parent = place
        while not os.path.lexists(parent):
            missing.append(parent)
            parent = os.path.dirname(parent)
        if not os.path.isdir(parent):
            raise Refused("%s cannot be made: %s is no folder" % (place, parent))
        top = os.path.realpath(parent).split("/")[1] if os.path.realpath(parent) != "/" else missing[-1].split("/")[1]
        if top in SYSTEM or (top == "var" and os.stat(parent).st_uid != owner[0]):
            raise Refused("the tablespace %s is missing, and %s is the system's own. If it belongs there: "
                          "sudo install -d -o postgres -g postgres -m 0700 %s" % (place, parent, place))
        if record:
            with open(record, "a") as file:
                file.writelines(json.dumps(path) + "\n" for path in reversed(missing))
        for path in reversed(missing):
            os.mkdir(path, 0o755)
        os.chmod(place, 0o700)
        os.chown(place, owner[0], owner[1])
        return True
    if os.stat(place).st_uid != owner[0]:
        raise Refused("the tablespace %s does not belong to the user of PostgreSQL. If nothing else needs it: "
                      "sudo chown postgres: %s" % (place, place))
    return False


def unmake(record):
    """Take away the folders that were made for a server which goes, unless somebody else put something there."""
    if not os.path.exists(record):
        return False
    with open(record) as file:
        made = [json.loads(line) for line in file]
    for path in reversed(made):
        for cluster in clusters_in(path):
            shutil.rmtree(cluster)
        if os.path.isdir(path) and not os.listdir(path):
            os.rmdir(path)
    os.unlink(record)
    return True


def map_options(data, pairs, owner, in_use=None):
    """Make room for a clone, and say where each tablespace goes meanwhile."""
    lived_in = [os.path.realpath(target) for _, target in links(in_use or data)]
    known = places(in_use or data).union(*[places("%s.%s" % (data, name)) for name in set_aside(data)] or [set()])
    options = []
    for pair in pairs:
        if pair["to"].startswith(data + "/"):
            meanwhile = data + ".new" + pair["to"][len(data):]
        else:
            make(pair["to"], owner)
            strangers = clusters_in(pair["to"])
            if strangers and os.path.realpath(pair["to"]) not in known:
                raise Refused("%s is there, and no data directory of this lab leads to it. Nothing was changed. If nobody "
                              "needs it, move it away: sudo mv %s %s/kept" % (strangers[0], strangers[0], pair["to"]))
            room = [os.path.join(pair["to"], name) for name in NEW]
            meanwhile = [path for path in room if os.path.realpath(path) not in lived_in][0]
            remove(meanwhile)
        options.append("--tablespace-mapping=%s=%s" % (pair["from"].replace("=", "\\="), meanwhile.replace("=", "\\=")))
    return options


def remove(path):
    """Delete a folder of ours that may be gone already; one that does not go is no success."""
    if os.path.lexists(path):
        shutil.rmtree(path)


def relink(link, target):
    """Lead a link elsewhere, at no moment missing."""
    fresh = link + ".pg-lab"
    if os.path.lexists(fresh):
        os.unlink(fresh)
    os.symlink(target, fresh)
    owner = os.lstat(link)
    os.lchown(fresh, owner.st_uid, owner.st_gid)
    os.rename(fresh, link)


def keep(data, place, cluster):
    """Set aside what a tablespace held until now, under the name of the data directory it belongs to."""
    names = [name for name in set_aside(data) if place in places("%s.%s" % (data, name))]
    for name in names + ["kept%d" % number for number in range(1, 1000)]:
        kept = os.path.join(place, ".pg-lab-" + name, os.path.basename(cluster))
        if not os.path.lexists(kept):
            os.makedirs(os.path.dirname(kept), 0o700, exist_ok=True)
            os.rename(cluster, kept)
            return
    raise Refused("%s holds too much that was set aside" % place)


def settle(data):
    """Put every tablespace that was cloned in its place. Each step leaves what the next run can go on with."""
    changed = False
    for link, target in links(data):
        if target.startswith(data + ".new/"):
            relink(link, data + target[len(data + ".new"):])
            changed = True
        if os.path.basename(target) not in NEW:
            continue
        place = os.path.dirname(target)
        for cluster in clusters_in(target):
            own = os.path.join(place, os.path.basename(cluster))
            if os.path.lexists(own):
                keep(data, os.path.realpath(place), own)
            os.rename(cluster, own)
        relink(link, place)
        remove(target)
        changed = True
    return changed


def forget(data, name):
    """Delete a data directory that was set aside, and what of its tablespaces the one in its place does not have."""
    old = "%s.%s" % (data, name)
    if not os.path.isdir(old):
        return False
    if not os.path.exists(os.path.join(old, "PG_VERSION")):
        # Its deletion was cut off; its tablespaces went first.
        shutil.rmtree(old)
        return True
    with open(os.path.join(old, "PG_VERSION")) as file:
        version = file.read().strip()
    others = set(places(data)).union(*[places("%s.%s" % (data, one)) for one in set_aside(data) if one != name] or [set()])
    lived_in = [os.path.realpath(target) for _, target in links(data)]
    for target in [target for _, target in links(old)]:
        place = place_of(target)
        clones = [path for path in (os.path.join(place, new) for new in NEW) if path not in lived_in]
        for path in [os.path.join(place, ".pg-lab-" + name)] + clones:
            remove(path)
        if place not in others:
            for cluster in glob.glob(os.path.join(glob.escape(place), "PG_%s_*" % glob.escape(version))):
                shutil.rmtree(cluster)
    shutil.rmtree(old)
    return True


def main():
    """Run as a module of Ansible."""
    import pwd

    from ansible.module_utils.basic import AnsibleModule

    module = AnsibleModule(argument_spec={
        "data_directory": {"type": "path", "required": True},
        "in_use": {"type": "path"},
        "state": {"type": "str", "required": True, "choices": ["room", "settled", "made", "unmade", "gone"]},
        "tablespaces": {"type": "list", "elements": "dict", "default": []},
        "aside": {"type": "str", "default": ""},
        "record": {"type": "path"},
        "owner": {"type": "str", "default": "postgres"},
    })
    data, state = module.params["data_directory"], module.params["state"]
    try:
        user = pwd.getpwnam(module.params["owner"])
        owner = (user.pw_uid, user.pw_gid)
        # One that lies in the data directory itself (allow_in_place_tablespaces) comes along with it.
        pairs = [pair for pair in module.params["tablespaces"] if pair["from"].startswith("/")]
        if state == "room":
            module.exit_json(changed=False, mappings=map_options(data, pairs, owner, module.params["in_use"]))
        if state == "settled":
            module.exit_json(changed=settle(data))
        if state == "made":
            outside = [pair["to"] for pair in pairs if not pair["to"].startswith(data + "/")]
            module.exit_json(changed=any([make(place, owner, module.params["record"]) for place in outside]))
        if state == "unmade":
            module.exit_json(changed=unmake(module.params["record"]))
        module.exit_json(changed=forget(data, module.params["aside"]))
    except (Refused, OSError, KeyError) as error:
        module.fail_json(msg=str(error))


if __name__ == "__main__":
    main()
