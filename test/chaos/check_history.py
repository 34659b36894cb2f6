#!/usr/bin/env python3
"""Holds what a cluster's database says to what its gateway acknowledged. A line for each contradiction; ends with
status 1 if there is one. The load must have ended.

  test/chaos/check_history.py RECORD [--database CONNECTION] [--api URL] [--snarkjs-most N]

RECORD is what test/chaos/run kept of the gateway's answers. The database is that of scripts/cluster unless a connection
string is given.
"""

import argparse
import collections
import itertools
import subprocess
import sys

import cluster
import history
import proofs

TERMINAL = ("completed", "failed", "cancelled")


def check_record(record, tasks):
    """Every acknowledged task is there, as what was asked for, and a key stands for one task."""
    by_key = {}
    for line in record.acknowledged:
        task_id = line["task_id"]
        first = by_key.setdefault(line["key"], task_id)
        if first != task_id:
            yield f"{task_id}: its key was acknowledged before, for {first}"
        task = tasks.get(task_id)
        if task is None:
            yield f"{task_id}: acknowledged, and lost"
        elif (task["key"], task["circuit_type"]) != (line["key"], line["circuit_type"]):
            yield f"{task_id}: is not what was acknowledged: {task['circuit_type']}, key {task['key']}"


def check_end(task, cancel):
    """Terminal, and as the gateway said: completed unless it was cancelled."""
    wanted = {None: ("completed",), "lost": ("completed",), "won": ("cancelled",),
              "unknown": ("completed", "cancelled")}[cancel]
    if task["status"] not in wanted:
        said = f", and the gateway said that cancelling it was {cancel}" if cancel else ""
        yield f"is {task['status']} ({task['failure']}), not {' or '.join(wanted)}{said}"
    if task["status"] in TERMINAL and task["has_inputs"]:
        yield "has ended, and its inputs are still there"
    if task["failures"] != 0:
        yield f"has spent {task['failures']} of its budget, and no worker reported a failure"


def check_attempts(task):
    """Numbered without a gap, in terms that never go back, each ended, one completed if and only if the task is."""
    attempts = task["attempts"]
    numbers = [attempt["number"] for attempt in attempts]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"its attempts are numbered {numbers}"
    if len(numbers) > task["attempt"]:
        yield f"has {len(numbers)} attempts on record, and counts {task['attempt']}"
    terms = [attempt["term"] for attempt in attempts]
    if terms != sorted(terms):
        yield f"the terms of its attempts go back: {terms}"
    running = [attempt["number"] for attempt in attempts if not attempt["ended"] or not attempt["outcome"]]
    if running and task["status"] in TERMINAL:
        yield f"is {task['status']}, and these attempts have not ended: {running}"
    completed = [attempt["number"] for attempt in attempts if attempt["outcome"] == "completed"]
    if len(completed) != (task["status"] == "completed"):
        yield f"is {task['status']}, and these attempts completed it: {completed}"


def check_leaders(tasks):
    """Once a newer leader has assigned something, no older one does: not even one that was frozen, and wakes."""
    attempts = [(attempt["term"], attempt["assigned_ms"], task_id, attempt["number"])
                for task_id, task in tasks.items() for attempt in task["attempts"]]
    first_of_newer = None  # (when, term)
    for term, group in itertools.groupby(sorted(attempts, reverse=True), key=lambda attempt: attempt[0]):
        group = list(group)
        for _, when, task_id, number in group:
            if first_of_newer and when > first_of_newer[0]:
                yield (f"{task_id}: the leader of term {term} assigned attempt {number} "
                       f"{when - first_of_newer[0]} ms after that of term {first_of_newer[1]} had begun")
        first = (min(when for _, when, _, _ in group), term)
        first_of_newer = min(first_of_newer or first, first)


def check_signals(task, line):
    """The public inputs of a `test` task are among its proof's public signals; a tree's are hashed."""
    if line is not None and line["circuit_type"] == "test" and task["status"] == "completed":
        missing = [number for number in line["inputs"] if number not in task["public_signals"]]
        if missing:
            yield f"its proof's public signals lack the inputs {missing}"


def check(record, found, verifiers=()):
    """Every contradiction, as text. A verifier maps {id: (task, key)} to {id: reason} of the proofs that it refuses."""
    findings = list(check_record(record, found.tasks)) + list(check_leaders(found.tasks))
    lines = {line["task_id"]: line for line in record.acknowledged}
    for task_id, task in found.tasks.items():
        if task_id in lines:
            parts = (check_end(task, record.cancels.get(task_id)), check_attempts(task),
                     check_signals(task, lines[task_id]))
        else:  # its 202 never came; it is a task all the same
            parts = ([] if task["status"] in TERMINAL else [f"is {task['status']}"], check_attempts(task))
        findings += [f"{task_id}: {text}" for part in parts for text in part]
    completed = {task_id: task for task_id, task in found.tasks.items() if task["status"] == "completed"}
    keyless = [task_id for task_id, task in completed.items() if task["key_digest"] not in found.keys]
    findings += [f"{task_id}: there is no key {completed[task_id]['key_digest']}" for task_id in keyless]
    provable = {task_id: (task, found.keys[task["key_digest"]]) for task_id, task in completed.items()
                if task["key_digest"] in found.keys}
    for verifier in verifiers:
        findings += [f"{task_id}: {reason}" for task_id, reason in verifier(provable).items()]
    return findings


def summary(record, found):
    """What was looked at, in a line."""
    states = collections.Counter(task["status"] for task in found.tasks.values())
    attempts = collections.Counter(attempt["outcome"] for task in found.tasks.values() for attempt in task["attempts"])
    terms = {attempt["term"] for task in found.tasks.values() for attempt in task["attempts"]}
    again = sum(len(task["attempts"]) > 1 for task in found.tasks.values())
    cancels = collections.Counter(record.cancels.values())
    return (f"{len(record.acknowledged)} acknowledged; tasks {dict(states)}; attempts {dict(attempts)} in "
            f"{len(terms)} terms; {again} tasks had several; cancels {dict(cancels)}")


def psql(database):
    """A function for history.read_history."""
    def query(statement):
        words = ["-X", "-A", "-t", "-c", statement]
        if database is None:
            return cluster.command("psql", *words).splitlines()
        return subprocess.run(["psql", database, *words], check=True, text=True, capture_output=True).stdout.splitlines()
    return query


def main():
    """Status 0: no contradiction."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("record")
    parser.add_argument("--database", help="connection string for psql")
    parser.add_argument("--api", default=cluster.API, help="gateway that verifies every proof; empty: none does")
    parser.add_argument("--snarkjs-most", type=int, default=1000, help="proofs that snarkjs verifies; 0: none")
    arguments = parser.parse_args()
    with open(arguments.record, encoding="utf-8") as lines:
        record = history.read_record(lines)
    found = history.read_history(psql(arguments.database))
    verifiers = []
    if arguments.api:
        verifiers += [lambda tasks: proofs.refused_by_api(arguments.api, tasks),
                      lambda tasks: proofs.told_otherwise(arguments.api, found.tasks)]
    if arguments.snarkjs_most:
        verifiers.append(lambda tasks: proofs.refused_by_snarkjs(tasks, arguments.snarkjs_most))
    findings = check(record, found, verifiers)
    for finding in findings:
        print(f"FINDING {finding}")
    print(f"check_history: {summary(record, found)}")
    verified = sum(task["status"] == "completed" for task in found.tasks.values())
    print(f"check_history: {verified if arguments.api else 0} proofs verified by the gateway, "
          f"{min(arguments.snarkjs_most, verified)} by snarkjs; {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
