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
        self.included = set()

    # Whole playbook

    @never_raises
    def v2_playbook_on_start(self, playbook):
        self.total = sum(tasks_of_play(play, self.included) for play in playbook.get_plays())
        self.send(event="start", total=self.total)

    @never_raises
    def v2_playbook_on_include(self, included_file):
        if included_file._filename not in self.included:
            self.total += tasks_of_file(included_file._task._loader, included_file._filename, self.included)

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
        # ansible-core 2.19 made the names without an underscore public.
        host = getattr(result, "host", None) or result._host
        task = getattr(result, "task", None) or result._task
        event = {"event": "result", "host": host.get_name(), "task": task.get_name(), "status": status}
        if status in ("failed", "unreachable"):
            event["message"] = message_of(task, getattr(result, "result", None) or result._result)
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


def message_of(task, result):
    """Why a task failed. Of a task with no_log nothing is told."""
    if result.get("_ansible_no_log") or task.no_log or "censored" in result:
        return "hidden, for the task has no_log"
    failed_items = [
        message_of(task, item)
        for item in result.get("results") or []
        if isinstance(item, dict) and (item.get("failed") or item.get("unreachable"))
    ]
    texts = failed_items[:3] or [
        str(result.get(key)).strip() for key in ("msg", "stderr", "module_stderr") if result.get(key)
    ]
    return "\n".join(dict.fromkeys(texts))[:MESSAGE_CHARS] or "no message"


# How many tasks there will be. A guess: what only runs by a condition, or is named by a variable, is counted as it comes.


def tasks_of_play(play, included):
    gathers = 0 if play.gather_facts is False else 1
    return gathers + sum(tasks_of_block(block, play, included) for block in play.compile())


def tasks_of_block(block, play, included):
    if not hasattr(block, "block"):
        return tasks_of_task(block, play, included)
    children = list(block.block) + list(block.rescue) + list(block.always)
    return sum(tasks_of_block(child, play, included) for child in children)


def tasks_of_task(task, play, included):
    if task.implicit or task.action in ("meta", "ansible.builtin.meta"):
        return 0
    if not task.evaluate_tags(play.only_tags, play.skip_tags, {}):
        return 0
    if task.action in ("include_role", "ansible.builtin.include_role"):
        name, entry = task.args.get("name"), task.args.get("tasks_from", "main")
        path = os.path.join(play._loader.get_basedir(), "roles", str(name), "tasks", str(entry))
        return 1 + tasks_of_file(play._loader, path if path.endswith(".yml") else path + ".yml", included)
    return 1


def tasks_of_file(loader, path, included):
    """Counts what a file of tasks holds, with the files it names in plain words."""
    if path in included or not os.path.exists(path):
        return 0
    included.add(path)
    return tasks_of_list(loader, path, loader.load_from_file(path) or [], included)


def tasks_of_list(loader, path, tasks, included):
    total = 0
    for task in tasks:
        nested = [key for key in ("block", "rescue", "always") if key in task]
        if nested:
            total += sum(tasks_of_list(loader, path, task[key], included) for key in nested)
            continue
        for key in ("import_tasks", "ansible.builtin.import_tasks", "include_tasks", "ansible.builtin.include_tasks"):
            if isinstance(task.get(key), str):
                total += tasks_of_file(loader, os.path.join(os.path.dirname(path), task[key]), included)
        total += 0 if any(key.endswith("import_tasks") for key in task) else 1
    return total
