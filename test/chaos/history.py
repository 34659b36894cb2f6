"""What the database and the record of the 202s say, as plain data for the checker."""

import dataclasses
import json

QUERY = """
SELECT json_build_object(
  'id', t.id, 'key', t.idempotency_key, 'circuit_type', t.circuit_type, 'status', t.status, 'attempt', t.attempt,
  'failures', t.failures, 'failure', concat_ws(': ', t.failure_code, t.failure_message), 'key_digest', t.key_digest,
  'proof', t.proof_json::jsonb, 'public_signals', t.public_signals_json::jsonb,
  'has_inputs', EXISTS (SELECT FROM task_inputs i WHERE i.task_id = t.id),
  'attempts', (SELECT coalesce(json_agg(json_build_object('number', a.attempt, 'worker', a.worker_id, 'term', a.term,
                               'ended', a.ended_at IS NOT NULL, 'outcome', a.outcome,
                               'assigned_ms', (extract(epoch FROM a.assigned_at) * 1000)::bigint) ORDER BY a.attempt), '[]')
               FROM attempts a WHERE a.task_id = t.id))
FROM tasks t ORDER BY t.id
"""
KEYS = "SELECT json_build_object('digest', key_digest, 'key', verification_key_json::jsonb) FROM circuits WHERE ready"


@dataclasses.dataclass
class Record:
    """What the gateway said: the 202s in order, and for tasks that were to be cancelled how that ended."""
    acknowledged: list
    cancels: dict


@dataclasses.dataclass
class History:
    """Tasks by id, and verification keys by digest."""
    tasks: dict
    keys: dict


def read_record(lines):
    """From the lines that load.py wrote."""
    record = Record([], {})
    for line in map(json.loads, lines):
        if "cancel" in line:
            record.cancels[line["task_id"]] = line["cancel"]
        else:
            record.acknowledged.append(line)
    return record


def read_history(query):
    """`query` takes a statement and returns its rows as lines of JSON."""
    tasks = {task["id"]: task for task in map(json.loads, query(QUERY))}
    return History(tasks, {row["digest"]: row["key"] for row in map(json.loads, query(KEYS))})
