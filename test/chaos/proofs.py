"""Proofs, looked at again: by the gateway, and by snarkjs, which shares no code with us."""

import concurrent.futures
import json
import os
import random
import subprocess

import load

FOLDER = os.path.dirname(os.path.abspath(__file__))


def _each(function, items):
    """{key: reason} of those items for which the function gives a reason."""
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        reasons = zip(items, pool.map(function, items.values()))
        return {key: reason for key, reason in reasons if reason}


def refused_by_api(api, tasks):
    """Has the gateway verify every proof."""
    def reason(item):
        task = item[0]
        body = {name: task[name] for name in ("circuit_type", "proof", "public_signals")}
        status, answer = load.call("POST", f"{api}/api/v1/verify", body)
        return None if status == 200 and answer["verified"] else f"the gateway refuses its proof: {status}: {answer}"
    return _each(reason, tasks)


def told_otherwise(api, tasks):
    """Tasks of which the gateway does not say what the database says."""
    def reason(task):
        status, answer = load.call("GET", f"{api}/api/v1/proof/{task['id']}")
        if status != 200 or answer["status"] != task["status"]:
            return f"is {task['status']}, and the gateway says: {status}: {answer}"
        result = answer.get("result", {"proof": None, "public_signals": None})
        same = (result["proof"], result["public_signals"]) == (task["proof"], task["public_signals"])
        return None if same else "the gateway gives another proof than the database has"
    return _each(reason, tasks)


def refused_by_snarkjs(tasks, most):
    """Has snarkjs verify so many of the proofs, each against the key that its task names."""
    chosen = random.Random(1).sample(sorted(tasks), min(most, len(tasks)))
    if not chosen:
        return {}
    lines = [json.dumps({"id": key, "key": tasks[key][1], "proof": tasks[key][0]["proof"],
                         "signals": tasks[key][0]["public_signals"]}) for key in chosen]
    done = subprocess.run(["node", os.path.join(FOLDER, "verify_proofs.mjs")], input="\n".join(lines), text=True,
                          check=True, capture_output=True)
    verdicts = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    return {key: f"snarkjs refuses its proof: {verdicts.get(key, 'no answer')}" for key in chosen
            if verdicts.get(key) != "true"}
