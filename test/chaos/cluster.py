"""The cluster of scripts/cluster: what a fault does to a node, who leads, whether all is well."""

import json
import os
import subprocess
import time
import urllib.request

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COORDINATORS = ("coordinator-1", "coordinator-2", "coordinator-3")
WORKERS = ("worker-1", "worker-2")
NODES = ("postgres",) + COORDINATORS + WORKERS + ("api-gateway",)
API = "http://127.0.0.1:8080"


class ClusterError(Exception):
    """A command of scripts/cluster that failed, or a state that did not come in time."""


def command(*words):
    """Runs scripts/cluster and returns what it wrote."""
    done = subprocess.run([os.path.join(TOP, "scripts", "cluster"), *words], text=True, check=False,
                          stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != 0:
        raise ClusterError(f"scripts/cluster {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def start(node):
    """Starts a node on its data. PostgreSQL killed a moment ago may need a second try: the last of its
    processes still hold its shared memory."""
    until = time.monotonic() + 60
    while True:
        try:
            return command("start", node)
        except ClusterError:
            if node != "postgres" or time.monotonic() > until:
                raise


def wait_until(seconds, what, condition):
    """Asks the condition until it holds; how long it took, in seconds."""
    begin = time.monotonic()
    while not condition():
        if time.monotonic() - begin > seconds:
            raise ClusterError(f"not within {seconds} s: {what}")
        time.sleep(0.02)
    return time.monotonic() - begin


def get_json(url, seconds=2):
    """The JSON at an address; None if nobody answers with one."""
    try:
        with urllib.request.urlopen(url, timeout=seconds) as answer:
            return json.load(answer)
    except (OSError, ValueError):
        return None


def leader(but=None):
    """The coordinator that says that it leads, in the latest term of those who say so; `but` is not asked."""
    found = None
    for index, node in enumerate(COORDINATORS):
        health = None if node == but else get_json(f"http://127.0.0.1:{8090 + index}/health", 0.5)
        if health and health["raft"]["is_leader"]:
            found = max(found or (0, ""), (health["raft"]["term"], node))
    return found[1] if found else None


def is_ready():
    """One leader, two followers, every worker active, and a gateway that can say so."""
    state = get_json(f"{API}/api/v1/cluster")
    if not state or not state.get("leader_id"):
        return False
    roles = sorted(node["role"] for node in state["coordinators"])
    active = [worker for worker in state["workers"] if worker["state"] == "active"]
    return roles == ["follower", "follower", "leader"] and len(active) == len(WORKERS)
