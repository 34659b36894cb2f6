"""A steady load on the gateway, and a record of every word that it gave: one JSON object a line.

  {"task_id": ..., "key": ..., "circuit_type": ..., "inputs": [...]}   a 202
  {"task_id": ..., "cancel": "won" | "lost" | "unknown"}               200, 409, or an answer that did not come
"""

import http.client
import json
import random
import threading
import time
import urllib.error
import urllib.request

TREES = (128, 256, 256, 512)  # leaves; the largest takes some seconds
RARE_TREES = 0.05  # of them have another number of leaves, whose key nobody has made yet


def call(method, url, body=None, headers=None, seconds=15):
    """(status, answer); (0, the reason) if none came."""
    request = urllib.request.Request(url, method=method, data=None if body is None else json.dumps(body).encode(),
                                     headers={"Content-Type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return 0, repr(error)


class Load:
    """Threads that submit and cancel until end() is called."""

    def __init__(self, api, record, seed, tests_per_second, trees_per_second, cancelled_share):
        self._api = api
        self._record = open(record, "a", encoding="utf-8")
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._share = cancelled_share
        self._prefix = f"chaos-{seed}-{time.time_ns()}"
        self.counts = {"acknowledged": 0, "asked again": 0, "won": 0, "lost": 0, "unknown": 0}
        self.refused = []  # answers that nothing excuses
        self._threads = [
            threading.Thread(target=self._run, args=(kind, rate / count, random.Random(f"{seed}-{kind}-{number}")))
            for kind, rate, count in (("test", tests_per_second, 4), ("merkle_tree", trees_per_second, 1))
            for number in range(count)
        ]

    def begin(self):
        """Starts the threads."""
        for thread in self._threads:
            thread.start()

    def end(self):
        """Returns when each key that was posted has its 202."""
        self._ending.set()
        for thread in self._threads:
            thread.join()
        self._record.close()

    def _run(self, kind, per_second, choices):
        number, due = 0, time.monotonic()
        while not self._ending.wait(max(0, due - time.monotonic())):
            due = max(due + choices.expovariate(per_second), time.monotonic() - 1)
            number += 1
            key = f"{self._prefix}-{kind}-{threading.get_ident()}-{number}"
            if kind == "test":
                inputs = [str(choices.randrange(10**9)) for _ in range(choices.choice((1, 1, 2)))]
            else:
                leaves = choices.randint(2, 200) if choices.random() < RARE_TREES else choices.choice(TREES)
                inputs = [str(choices.randrange(10**9)) for _ in range(leaves)]
            task = self._submit(key, kind, inputs)
            if task and choices.random() < self._share:
                self._ending.wait(choices.choice((0, 0.01, 0.03, 0.1, 0.5)))  # to race with its completion
                self._cancel(task)

    def _submit(self, key, kind, inputs):
        while True:
            status, answer = call("POST", f"{self._api}/api/v1/proof",
                                  {"circuit_type": kind, "public_inputs": inputs}, {"Idempotency-Key": key})
            if status == 202:
                self._note("acknowledged", {"task_id": answer["task_id"], "key": key, "circuit_type": kind,
                                            "inputs": inputs})
                return answer["task_id"]
            if status not in (0, 429, 503):
                self.refused.append(f"POST: {status}: {answer}")
                return None
            with self._lock:
                self.counts["asked again"] += 1
            time.sleep(0.1)  # Retry-After is for clients with better manners

    def _cancel(self, task):
        """Asked again until there is an answer. A 409 after an answer that got lost tells nothing."""
        asked_before = False
        while True:
            status, answer = call("DELETE", f"{self._api}/api/v1/proof/{task}")
            if status in (200, 409):
                word = "won" if status == 200 else "unknown" if asked_before else "lost"
                self._note(word, {"task_id": task, "cancel": word})
                return
            if status not in (0, 503):
                self.refused.append(f"DELETE {task}: {status}: {answer}")
                return
            asked_before = True
            time.sleep(0.1)

    def _note(self, count, line):
        with self._lock:
            self.counts[count] += 1
            self._record.write(json.dumps(line) + "\n")
            self._record.flush()
