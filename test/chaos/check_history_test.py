"""The checker finds what is wrong: each test damages a sound history in one way.

  python3 -m unittest discover -s test/chaos -p '*_test.py'
"""

import copy
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import check_history  # pylint: disable=wrong-import-position
import history  # pylint: disable=wrong-import-position
import proofs  # pylint: disable=wrong-import-position


def attempt(number, outcome, term=1, ended=True, assigned_ms=1000):
    """One row of the table of attempts."""
    return {"number": number, "worker": "worker-1", "term": term, "ended": ended, "outcome": outcome,
            "assigned_ms": assigned_ms}


def task(name, status="completed", attempts=None):
    """One row of the table of tasks."""
    attempts = [attempt(1, status)] if attempts is None else attempts
    return {"id": name, "key": f"key-{name}", "circuit_type": "test", "status": status, "attempt": len(attempts),
            "failures": 0, "failure": "", "key_digest": "sha256:1", "proof": {"pi_a": []}, "public_signals": ["7", "5"],
            "has_inputs": False, "attempts": attempts}


def acknowledged(name):
    """One 202."""
    return {"task_id": name, "key": f"key-{name}", "circuit_type": "test", "inputs": ["5"]}


class Checker(unittest.TestCase):
    """`a` is completed at its second attempt, `b` cancelled in time, `c` completed before it could be."""

    def setUp(self):
        rows = [task("a", attempts=[attempt(1, "released"), attempt(2, "completed", term=2)]),
                task("b", "cancelled"), task("c")]
        self.found = history.History({row["id"]: row for row in rows}, {"sha256:1": {"protocol": "groth16"}})
        self.record = history.Record([acknowledged(name) for name in "abc"], {"b": "won", "c": "lost"})

    def expect(self, *texts, verifiers=()):
        """The checker's findings are these, no more."""
        findings = check_history.check(self.record, self.found, verifiers)
        self.assertEqual(len(findings), len(texts), findings)
        for finding, text in zip(findings, texts):
            self.assertIn(text, finding)

    def test_a_sound_history(self):
        self.expect()

    def test_a_lost_task(self):
        del self.found.tasks["a"]
        self.expect("a: acknowledged, and lost")

    def test_a_key_that_stands_for_two_tasks(self):
        self.record.acknowledged[1]["key"] = "key-a"
        self.expect("b: its key was acknowledged before, for a", "b: is not what was acknowledged")

    def test_a_task_that_has_not_ended(self):
        self.found.tasks["a"].update(status="running", attempts=[attempt(1, "", ended=False)])
        self.expect("a: is running", )

    def test_a_failed_task(self):
        self.found.tasks["a"].update(status="failed", failures=1, attempts=[attempt(1, "internal")])
        self.expect("a: is failed", "has spent 1 of its budget")

    def test_a_cancel_that_the_database_does_not_know_of(self):
        self.record.cancels = {"b": "lost", "c": "won"}
        self.expect("b: is cancelled", "c: is completed")

    def test_a_cancel_without_an_answer_may_have_done_either(self):
        self.record.cancels = {"b": "unknown", "c": "unknown"}
        self.expect()

    def test_two_completions(self):
        self.found.tasks["a"]["attempts"][0]["outcome"] = "completed"
        self.expect("a: is completed, and these attempts completed it: [1, 2]")

    def test_no_completion(self):
        self.found.tasks["a"]["attempts"][1]["outcome"] = "released"
        self.expect("a: is completed, and these attempts completed it: []")

    def test_a_cancelled_task_with_a_completion(self):
        self.found.tasks["b"]["attempts"][0]["outcome"] = "completed"
        self.expect("b: is cancelled, and these attempts completed it: [1]")

    def test_a_gap_in_the_attempts(self):
        self.found.tasks["a"].update(attempt=3)
        self.found.tasks["a"]["attempts"][1]["number"] = 3
        self.expect("a: its attempts are numbered [1, 3]")

    def test_more_attempts_than_were_counted(self):
        self.found.tasks["a"].update(attempt=1)
        self.expect("a: has 2 attempts on record, and counts 1")

    def test_terms_that_go_back(self):
        self.found.tasks["a"]["attempts"][0]["term"] = 3
        self.expect("a: the terms of its attempts go back: [3, 2]")

    def test_an_older_leader_that_assigns(self):
        self.found.tasks["a"]["attempts"][1]["assigned_ms"] = 3000
        self.found.tasks["c"]["attempts"][0]["assigned_ms"] = 3000
        self.expect()
        self.found.tasks["c"]["attempts"][0]["assigned_ms"] = 3001
        self.expect("c: the leader of term 1 assigned attempt 1 1 ms after that of term 2 had begun")

    def test_an_open_attempt(self):
        self.found.tasks["b"]["attempts"][0].update(ended=False, outcome="")
        self.expect("b: is cancelled, and these attempts have not ended: [1]")

    def test_inputs_that_were_not_erased(self):
        self.found.tasks["c"]["has_inputs"] = True
        self.expect("c: has ended, and its inputs are still there")

    def test_a_proof_of_other_inputs(self):
        self.found.tasks["a"]["public_signals"] = ["7", "6"]
        self.expect("a: its proof's public signals lack the inputs ['5']")

    def test_a_key_that_is_not_there(self):
        self.found.tasks["a"]["key_digest"] = "sha256:2"
        self.expect("a: there is no key sha256:2")

    def test_a_task_whose_202_never_came(self):
        self.found.tasks["d"] = task("d", "pending", attempts=[])
        self.expect("d: is pending")
        self.found.tasks["d"] = copy.deepcopy(self.found.tasks["a"])
        self.expect()

    def test_a_verifier_that_refuses_a_proof(self):
        self.expect("a: no", verifiers=[lambda tasks: {name: "no" for name in tasks if name == "a"}])

    @unittest.skipUnless(os.path.isdir(os.path.join(proofs.FOLDER, "../interop/node_modules/snarkjs")),
                         "test/interop has no node_modules; scripts/setup installs them")
    def test_snarkjs_refuses_what_is_no_proof(self):
        for row in self.found.tasks.values():
            row["proof"] = {"pi_a": ["1", "2", "1"], "pi_b": [["1", "0"], ["1", "0"], ["1", "0"]],
                            "pi_c": ["1", "2", "1"], "protocol": "groth16", "curve": "bn128"}
        self.expect("a: snarkjs refuses", "c: snarkjs refuses",
                    verifiers=[lambda tasks: proofs.refused_by_snarkjs(tasks, 10)])


if __name__ == "__main__":
    unittest.main()
