"""Cuts pg_lab_tablespaces off before each of its steps, in real folders, and looks what is there then.

Prints "ok" or the first that was wrong. Usage: tablespaces.py MODULE
"""

import importlib.util
import os
import shutil
import sys
import tempfile

SPEC = importlib.util.spec_from_file_location("module", sys.argv[1])
module = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(module)
OWNER = (os.getuid(), os.getgid())


class CutOff(Exception):
    """The run ends here."""


class Place:
    """A data directory with one tablespace on a disk of its own."""

    def __init__(self):
        self.top = tempfile.mkdtemp()
        self.data = os.path.join(self.top, "main")
        self.space = os.path.join(self.top, "disk", "fast = quick")
        os.mkdir(os.path.join(self.top, "disk"))

    def clone(self, text):
        """What pg_basebackup does with the options."""
        pairs = [{"from": self.space, "to": self.space}]
        option = module.map_options(self.data, pairs, OWNER)[0]
        target = option.replace("\\=", "=")[len("--tablespace-mapping=" + self.space + "="):]
        cluster = os.path.join(target, "PG_15_202209061")
        os.makedirs(cluster)
        with open(os.path.join(cluster, "table"), "w") as file:
            file.write(text)
        os.makedirs(os.path.join(self.data + ".new", "pg_tblspc"))
        with open(os.path.join(self.data + ".new", "PG_VERSION"), "w") as file:
            file.write("15\n")
        os.symlink(target, os.path.join(self.data + ".new", "pg_tblspc", "16384"))

    def put(self):
        os.rename(self.data + ".new", self.data)

    def aside(self, name):
        os.rename(self.data, self.data + "." + name)

    def read(self, name=""):
        with open(os.path.join(self.data + name, "pg_tblspc", "16384", "PG_15_202209061", "table")) as file:
            return file.read()

    def remove(self):
        shutil.rmtree(self.top)


def first():
    """With one clone in its place."""
    place = Place()
    place.clone("first")
    place.put()
    module.settle(place.data)
    assert place.read() == "first"
    assert os.listdir(place.space) == ["PG_15_202209061"]
    return place


def cut(step):
    """Let the step-th change of the file system fail; give back how to undo that."""
    names = ["rename", "symlink", "unlink", "mkdir", "makedirs", "rmdir"]
    kept = {name: getattr(os, name) for name in names}
    count = [0]

    def wrap(work):
        def run(*args, **kwargs):
            count[0] += 1
            if count[0] == step:
                raise CutOff()
            return work(*args, **kwargs)
        return run

    for name in names:
        setattr(os, name, wrap(kept[name]))
    return lambda: [setattr(os, name, kept[name]) for name in names], count


def settled_in_spite_of_a_cut():
    step = 0
    while True:
        step += 1
        place = first()
        place.clone("second")
        assert place.read() == "first", "a clone touched what is there"
        place.aside("old")
        place.put()
        undo, count = cut(step)
        try:
            module.settle(place.data)
        except CutOff:
            pass
        finally:
            undo()
        module.settle(place.data)
        assert place.read() == "second", step
        kept = os.path.join(place.space, ".pg-lab-old", "PG_15_202209061", "table")
        assert open(kept).read() == "first", "the old tablespace is gone: %d" % step
        module.forget(place.data, "old")
        assert os.listdir(place.space) == ["PG_15_202209061"], os.listdir(place.space)
        assert place.read() == "second"
        place.remove()
        if count[0] < step:
            return


def the_way_back_before_the_clone_is_in_its_place():
    place = first()
    place.clone("second")
    place.aside("before-restore")
    os.rename(place.data + ".before-restore", place.data)
    assert place.read() == "first"
    place.remove()


def what_was_set_aside_is_never_overwritten():
    place = first()
    for number in range(3):
        place.clone("clone %d" % number)
        place.aside("before-restore" if number == 0 else "old%d" % number)
        place.put()
        module.settle(place.data)
    assert open(os.path.join(place.space, ".pg-lab-before-restore", "PG_15_202209061", "table")).read() == "first"
    for name in ["old1", "old2", "before-restore"]:
        module.forget(place.data, name)
    assert place.read() == "clone 2"
    assert os.listdir(place.space) == ["PG_15_202209061"]
    place.remove()


def strangers_are_left_alone():
    place = first()
    shutil.rmtree(place.data)  # no data directory leads to it any more: it may be somebody's
    try:
        place.clone("second")
        raise AssertionError("took a tablespace of somebody else")
    except module.Refused as refused:
        assert "no data directory of this lab leads to it" in str(refused)
    assert os.listdir(place.space) == ["PG_15_202209061"]
    place.remove()


def a_server_that_lives_in_the_clone_is_left_alone():
    place = Place()
    place.clone("first")
    place.put()  # cut off before it was settled, and started
    place.clone("second")
    assert place.read() == "first"
    place.aside("old")
    place.put()
    module.settle(place.data)
    assert place.read() == "second"
    assert place.read(".old") == "first"
    module.forget(place.data, "old")
    assert place.read() == "second"
    assert os.listdir(place.space) == ["PG_15_202209061"]
    place.remove()


def a_link_is_followed():
    place = Place()
    real = os.path.join(place.top, "real")
    os.mkdir(real)
    os.symlink(real, place.space)
    place.clone("first")
    place.put()
    module.settle(place.data)
    assert place.read() == "first"
    assert os.listdir(real) == ["PG_15_202209061"]
    place.remove()


def dropped_meanwhile():
    place = first()
    place.aside("old")
    os.makedirs(os.path.join(place.data, "pg_tblspc"))
    os.mkdir(os.path.join(place.space, "theirs"))
    module.forget(place.data, "old")
    assert os.listdir(place.space) == ["theirs"]
    place.remove()


def folders_of_the_system():
    for path in ["/etc/cron.d/x", "/run/x", "/var/x/y", "/usr/x"]:
        try:
            module.make(path, (OWNER[0] + 1, OWNER[1]))
            raise AssertionError(path)
        except module.Refused as refused:
            assert "sudo install -d" in str(refused)


def made_and_unmade():
    place = Place()
    record = os.path.join(place.top, "made")
    deep = os.path.join(place.top, "a", "b")
    module.make(deep, OWNER, record)
    os.makedirs(os.path.join(deep, "PG_15_1"))
    module.unmake(record)
    assert not os.path.exists(os.path.join(place.top, "a"))
    module.unmake(record)
    place.remove()


for one in [settled_in_spite_of_a_cut, the_way_back_before_the_clone_is_in_its_place, what_was_set_aside_is_never_overwritten,
            strangers_are_left_alone, a_server_that_lives_in_the_clone_is_left_alone, a_link_is_followed, dropped_meanwhile,
            folders_of_the_system, made_and_unmade]:
    try:
        one()
    except Exception as error:
        print("%s: %r" % (one.__name__, error))
        sys.exit(1)
print("ok")
