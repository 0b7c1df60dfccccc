"""Tells pg-lab what a playbook does, one JSON object a line, on the file descriptor PG_LAB_EVENTS_FD names.

Without that variable it is silent, and it never fails a run: a student who calls `vagrant up` or
`ansible-playbook` by hand does not notice that it is there.
"""

from __future__ import annotations

DOCUMENTATION = """
    name: pg_lab_events
    type: notification
    short_description: progress of a playbook as JSON lines
    description:
        - Writes start, task, result and stats events for pg-lab to a file descriptor.
        - Works on ansible-core 2.14 and newer.
    requirements:
        - set as callback in configuration
"""

import functools
import json
import os

import yaml
from ansible import constants
from ansible.plugins.callback import CallbackBase

# A failed package installation says everything in its first lines.
MESSAGE_CHARS = 4000


def never_raises(method):
    """A callback that raises prints a warning in the middle of the student's output."""

    @functools.wraps(method)
    def guarded(self, *args, **kwargs):
        if self.fd is None:
            return
        try:
            method(self, *args, **kwargs)
        except Exception:  # whatever a future Ansible changes, the run goes on
            pass

    return guarded


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "pg_lab_events"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fd = events_fd()
        self.total = 0
        self.begun = set()
        self.counter = None

    # Whole playbook

    @never_raises
    def v2_playbook_on_start(self, playbook):
        self.counter = TaskCounter(playbook._basedir)
        self.total = sum(self.counter.of_play(play) for play in playbook.get_plays())
        self.send(event="start", total=self.total)

    @never_raises
    def v2_playbook_on_include(self, included_file):
        self.total += self.counter.of_file(included_file._filename)

    @never_raises
    def v2_playbook_on_stats(self, stats):
        hosts = {}
        for host in stats.processed:
            summary = stats.summarize(host)
            hosts[host] = {
                "ok": summary["ok"],
                "changed": summary["changed"],
                "unreachable": summary["unreachable"],
                "failed": summary["failures"],
                "skipped": summary["skipped"],
            }
        self.send(event="stats", hosts=hosts)

    # One task on one host

    @never_raises
    def v2_runner_on_start(self, host, task):
        # By its place in the files: hosts that include a role apart from each other get copies of its tasks.
        if type(task).__name__ != "Handler":
            self.begun.add(task.get_path() or task._uuid)
        self.total = max(self.total, len(self.begun))
        self.send(event="task", host=host.get_name(), task=task.get_name(), index=len(self.begun), total=self.total)

    @never_raises
    def v2_runner_on_ok(self, result):
        self.report(result, "changed" if result.is_changed() else "ok")
        if part(result, "task").action in ("debug", "ansible.builtin.debug"):
            message = part(result, "result").get("msg", "")
            self.send(event="said", host=part(result, "host").get_name(), message=str(message))

    @never_raises
    def v2_runner_on_skipped(self, result):
        self.report(result, "skipped")

    @never_raises
    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.report(result, "ok" if ignore_errors else "failed")

    @never_raises
    def v2_runner_on_unreachable(self, result):
        self.report(result, "unreachable")

    def report(self, result, status):
        host, task = part(result, "host"), part(result, "task")
        event = {"event": "result", "host": host.get_name(), "task": task.get_name(), "status": status}
        if status in ("failed", "unreachable"):
            event["message"] = message_of(task, part(result, "result"))
        self.send(**event)

    def send(self, **event):
        line = json.dumps(event, default=str) + "\n"
        data = line.encode("utf-8", "replace")
        while data:
            data = data[os.write(self.fd, data):]


def events_fd():
    """The descriptor, if it was named and is open. Any other open descriptor is not ours to write to."""
    try:
        fd = int(os.environ["PG_LAB_EVENTS_FD"])
        os.fstat(fd)
        return fd
    except (KeyError, ValueError, OSError):
        return None


def part(result, name):
    """The host, task or result of a task's result: public since ansible-core 2.19, whose 2.23 warns of the old name."""
    return getattr(result, name) if hasattr(result, name) else getattr(result, "_" + name)


def message_of(task, result):
    """Why a task failed. Of a task with no_log nothing is told."""
    if result.get("_ansible_no_log") or task.no_log or "censored" in result:
        return "hidden, for the task has no_log"
    failed_items = [
        message_of(task, item)
        for item in result.get("results") or []
        if isinstance(item, dict) and (item.get("failed") or item.get("unreachable"))
    ]
    # Fact gathering only names the modules that failed; why is inside.
    failed_items += [message_of(task, inner) for inner in (result.get("failed_modules") or {}).values() if isinstance(inner, dict)]
    texts = failed_items[:3] or [
        str(result.get(key)).strip() for key in ("msg", "stderr", "module_stderr") if result.get(key)
    ]
    if result.get("module_stderr") and "See stdout/stderr" in texts[0]:
        texts = texts[1:]  # nothing but that
    if texts == ["non-zero return code"] and result.get("stdout"):
        # Some programs, barman check among them, tell their failures on standard output.
        texts = [f"ended with {result.get('rc')}", *str(result["stdout"]).splitlines()[-30:]]
    return "\n".join(dict.fromkeys(texts))[:MESSAGE_CHARS] or "no message"


class TaskCounter:
    """How many tasks there will be.

    A guess: what is named by a variable is counted when it comes, what a condition skips is counted all the same.
    """

    INCLUDES = ("import_tasks", "include_tasks", "ansible.builtin.import_tasks", "ansible.builtin.include_tasks")
    ROLES = ("include_role", "ansible.builtin.include_role")

    def __init__(self, basedir):
        self.roles = [os.path.join(basedir, "roles"), *(constants.DEFAULT_ROLES_PATH or [])]
        self.files = set()

    def of_play(self, play):
        gathers = 0 if play.gather_facts is False else 1
        return gathers + sum(self.of_block(block, play) for block in play.compile())

    def of_block(self, block, play):
        if not hasattr(block, "block"):
            return self.of_task(block, play)
        children = list(block.block) + list(block.rescue) + list(block.always)
        return sum(self.of_block(child, play) for child in children)

    def of_task(self, task, play):
        if task.implicit or task.action in ("meta", "ansible.builtin.meta"):
            return 0
        if not task.evaluate_tags(play.only_tags, play.skip_tags, {}):
            return 0
        return 1 + (self.of_role(task.args) if task.action in self.ROLES else 0)

    def of_role(self, args):
        entry = str(args.get("tasks_from", "main"))
        name = entry if entry.endswith((".yml", ".yaml")) else entry + ".yml"
        paths = [os.path.join(roles, str(args.get("name")), "tasks", name) for roles in self.roles]
        return self.of_file(next(filter(os.path.exists, paths), ""))

    def of_file(self, path):
        """Each file counts once, for hosts that include it apart from each other run the same tasks."""
        if path in self.files or not os.path.exists(path):
            return 0
        self.files.add(path)
        return self.of_list(path, entries_of(path))

    def of_list(self, path, tasks):
        return sum(self.of_entry(path, task) for task in tasks or [] if isinstance(task, dict))

    def of_entry(self, path, task):
        nested = [task[key] for key in ("block", "rescue", "always") if key in task]
        if nested:
            return sum(self.of_list(path, tasks) for tasks in nested)
        for key in self.INCLUDES:
            if isinstance(task.get(key), str):
                own = 0 if key.endswith("import_tasks") else 1
                return own + self.of_file(os.path.join(os.path.dirname(path), task[key]))
        return 1


def entries_of(path):
    """The tasks of a file as plain data; none of one that cannot be read, which Ansible itself will tell.

    Never by Ansible's loader: since 2.19 what a plugin loads stays untrusted in its cache, and then the tasks
    get their templates as they are written. This loader knows no tags, so !vault and !unsafe are plain too.
    """
    try:
        with open(path, encoding="utf-8") as file:
            entries = yaml.load(file, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except (OSError, ValueError, yaml.YAMLError):
        return []
    return entries if isinstance(entries, list) else []
