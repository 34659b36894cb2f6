"""What befalls the cluster in a round: a node, a fault and a time, by the seed; and its doing and undoing."""

import dataclasses
import time

import cluster

FAULTS = ("kill", "freeze", "stop")
# Of ten rounds: three hit the leader, one any coordinator, three a worker, two PostgreSQL, one the gateway.
ROLES = ("leader",) * 3 + ("coordinator",) + ("worker",) * 3 + ("postgres",) * 2 + ("api-gateway",)


@dataclasses.dataclass(frozen=True)
class Fault:
    """`seconds`: between the blow and the cure."""
    role: str
    node: str  # empty: the leader, whoever it is then
    kind: str
    seconds: float

    def __str__(self):
        return f"{self.kind} {self.role}{f' {self.node}' if self.node not in ('', self.role) else ''}"


def choose(random):
    """The next fault. A frozen leader sleeps long enough for another to be elected."""
    role = random.choice(ROLES)
    kind = random.choice(FAULTS)
    nodes = {"leader": ("",), "coordinator": cluster.COORDINATORS, "worker": cluster.WORKERS}
    node = random.choice(nodes.get(role, (role,)))
    return Fault(role, node, kind, random.uniform(2, 5) if kind == "freeze" else random.uniform(0.2, 3))


def strike(kind, node):
    """Does it."""
    if kind == "stop":
        cluster.command("stop", node)
    else:
        cluster.command("kill", node, "KILL" if kind == "kill" else "STOP")


def cure(kind, node):
    """Undoes it."""
    if kind == "freeze":
        cluster.command("kill", node, "CONT")
    else:
        cluster.start(node)


def carry_out(fault):
    """Does it, waits, undoes it, and waits until the cluster is well. What happened, in words."""
    led = cluster.leader()
    node = fault.node or led
    if node is None:
        raise cluster.ClusterError("nobody leads before the fault")
    words = [str(fault) if fault.node else f"{fault} {node}"]
    begin = time.monotonic()
    strike(fault.kind, node)
    try:
        if node == led:
            taken = cluster.wait_until(10, f"another leader than {node}", lambda: cluster.leader(node))
            words.append(f"new leader after {taken:.2f} s")
        time.sleep(max(0, fault.seconds - (time.monotonic() - begin)))  # the fault's length
    finally:
        away = time.monotonic() - begin
        cure(fault.kind, node)
    words.append(f"away {away:.1f} s")
    words.append(f"well after {cluster.wait_until(60, 'the cluster is well', cluster.is_ready):.1f} s")
    return ", ".join(words)
