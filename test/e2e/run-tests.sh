#!/usr/bin/env bash
# A running cluster from outside: is everything there (job integration), a task's way in seven steps (job e2e), what the
# cluster survives (job failover), and what its operators do (job operations). A line for each check; ends with status 1
# if one fails.
#
#   test/e2e/run-tests.sh --processes [JOB ...]   the cluster of scripts/cluster
#   test/e2e/run-tests.sh --docker [JOB ...]      the containers of deployments/docker/docker-compose-cluster.yml
#
# Brings the cluster up if it is not, and leaves it so. Jobs: integration e2e failover operations (default: all of them).
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top"
api=http://127.0.0.1:8080
nodes=(postgres coordinator-1 coordinator-2 coordinator-3 worker-1 worker-2 api-gateway)
coordinators=(coordinator-1 coordinator-2 coordinator-3)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
checks=0 failures=0 skipped=0

ok() {
  checks=$((checks + 1))
  echo "ok $*"
}
not_ok() {
  checks=$((checks + 1))
  failures=$((failures + 1))
  echo "FAILED $*"
}
skip() {
  skipped=$((skipped + 1))
  echo "SKIPPED $*"
}
# check WHAT COMMAND...: one check.
check() {
  local what=$1
  shift
  if "$@" >"$work/out" 2>&1; then ok "$what"; else not_ok "$what: $(head -c 400 "$work/out")"; fi
}

# --- the cluster ---------------------------------------------------------------------------------

# What runs it is a file with these functions, cluster_processes.sh or cluster_docker.sh:
#   cluster_up                    brings it up, and waits until it is whole
#   node_do stop|start NODE       ends it cleanly; starts it on its data
#   node_do kill NODE [SIGNAL]    sends a signal, else KILL
#   node_do cut|join NODE         takes it off the network, and puts it back
#   node_do heal NODE             gives a coordinator that lost its data a new start as a member
#   node_runs, node_is_healthy NODE
#   node_log NODE                 prints its log
#   query SQL                     prints the rows
#   zkp ARGUMENTS                 the zkp program, told where the coordinators are
#   cannot VERB                   succeeds if node_do cannot do it here, and prints why

health_of() { curl -fsS --max-time 3 "http://127.0.0.1:$((8089 + ${1#coordinator-}))/health"; }
get() { curl -sS --max-time 65 "$api$1"; }
now_ms() { date +%s%3N; }

# wait_for SECONDS COMMAND...: until it succeeds; false if it does not in time.
wait_for() {
  local end=$(($(now_ms) + $1 * 1000))
  shift
  until "$@" >/dev/null 2>&1; do
    (($(now_ms) < end)) || return 1
    sleep 0.05
  done
}

# leaders [BUT]: who says of himself that he leads, one a line; BUT is not asked.
leaders() {
  local node
  for node in "${coordinators[@]}"; do
    if [[ $node != "${1:-}" ]] && health_of "$node" 2>/dev/null | jq -e .raft.is_leader >/dev/null; then
      echo "$node"
    fi
  done
}
one_leader() { [[ $(leaders | wc -l) == 1 ]]; }
another_leads() { [[ -n $(leaders "$1") ]]; }
role_is() { [[ $(health_of "$1" | jq -r .raft.state) == "$2" ]]; }
active_workers() { get /api/v1/cluster | jq '[.workers[] | select(.state == "active")] | length'; }
workers_are() { [[ $(active_workers) == "$1" ]]; }

# submit BODY: the task's id, once it is accepted; tried again while the answer is 503.
submit() {
  local code
  for _ in $(seq 100); do
    code=$(curl -sS --max-time 10 -o "$work/answer" -w '%{http_code}' -H 'Content-Type: application/json' -d "$1" \
      "$api/api/v1/proof") || code=000
    if [[ $code == 202 ]]; then
      jq -r .task_id "$work/answer"
      return
    fi
    [[ $code == 503 || $code == 000 ]] || break
    sleep 0.2
  done
  echo "POST: status $code: $(cat "$work/answer")" >&2
  return 1
}
test_body() { echo "{\"circuit_type\":\"test\",\"public_inputs\":[\"$1\"]}"; }
# A task that takes a while: a tree of 256 leaves.
long_body() {
  echo "{\"circuit_type\":\"merkle_tree\",\"public_inputs\":[$(seq -s, 1 255 | sed 's/[0-9]\+/"&"/g')],\"private_inputs\":[\"$1\"]}"
}
completes() {
  local status
  for _ in 1 2 3 4; do
    status=$(get "/api/v1/proof/$1?wait=30s" | jq -r .status)
    case $status in completed) return ;; failed | cancelled) break ;; esac
    sleep 0.2
  done
  echo "task $1 is $status"
  return 1
}
# all_complete FILE: every task of the file, and each once.
all_complete() {
  local id
  while read -r id; do completes "$id" || return 1; done <"$1"
  local ids twice
  ids=$(sed "s/.*/'&'/" "$1" | paste -sd,)
  twice=$(query "SELECT count(*) FROM (SELECT task_id FROM attempts WHERE outcome = 'completed' AND task_id IN ($ids)
    GROUP BY task_id HAVING count(*) > 1) AS t")
  [[ $twice == 0 ]] || { echo "$twice tasks were completed twice"; return 1; }
}

# --- job integration ---------------------------------------------------------------------------

integration() {
  local node
  for node in "${nodes[@]}"; do check "$node is healthy" wait_for 30 node_is_healthy "$node"; done
  for node in "${coordinators[@]}"; do check "$node: /health answers 200" health_of "$node"; done
  check "api-gateway: /health answers 200" curl -fsS "$api/health"
  check "api-gateway: /ready: the database and the leader can be reached" curl -fsS "$api/ready"
  check "exactly one coordinator leads" wait_for 10 one_leader
  for node in "${coordinators[@]}"; do health_of "$node"; echo; done >"$work/health"
  check "two coordinators follow" test "$(jq -r .raft.state "$work/health" | grep -c follower)" = 2
  check "the coordinators are coordinator-1, -2, -3" test "$(jq -r .coordinator_id "$work/health" | sort | paste -sd' ')" = \
    "${coordinators[*]}"
  check "all agree on the leader" test "$(jq -r .raft.leader_id "$work/health" | sort -u | wc -l)" = 1
  check "both workers are registered and active" wait_for 15 workers_are 2
  check "the workers are worker-1 and worker-2" test \
    "$(get /api/v1/cluster | jq -r '[.workers[] | select(.state == "active") | .id] | sort | join(" ")')" = "worker-1 worker-2"
  local term
  term=$(jq .raft.term "$work/health" | sort -u)
  sleep 3 # nothing to wait for: the term must not change by itself
  check "the term is stable" test "$(health_of "$(leaders)" | jq .raft.term)" = "$term"
  check "the database has the table of tasks" query "SELECT id, status, circuit_type, created_at FROM tasks LIMIT 1"
}

# --- job e2e: the seven steps --------------------------------------------------------------------

snarkjs_verifies() {
  jq .result.proof "$work/task" >"$work/proof.json"
  jq .result.public_signals "$work/task" >"$work/public.json"
  get "$(jq -r .verification_key "$work/task")" >"$work/key.json"
  node test/interop/node_modules/snarkjs/build/cli.cjs groth16 verify "$work/key.json" "$work/public.json" \
    "$work/proof.json" | grep -q OK
}
all_logs() {
  local node
  for node in "$@"; do node_log "$node"; done
}
log_has() { # LINE NODE...
  local line=$1
  shift
  all_logs "$@" | grep -F "$line" >"$work/found"
}

e2e() {
  local id start
  start=$(now_ms)
  id=$(submit '{"circuit_type":"merkle_tree","public_inputs":["1","2","3"],"private_inputs":["secret1","secret2"]}') || id=
  check "step 1: the task is accepted with 202 and an id" test -n "$id"
  check "step 2: the database has the task" test "$(query "SELECT circuit_type FROM tasks WHERE id = '$id'")" = merkle_tree
  completes "$id" >/dev/null || true
  check "step 3: the leader picked it up" log_has "Scheduling task $id" "${coordinators[@]}"
  check "step 4: it was assigned and sent to a worker" log_has "$id (attempt 1)" "${coordinators[@]}"
  check "step 5: a worker executed it" log_has "Executing task $id" worker-1 worker-2
  get "/api/v1/proof/$id" >"$work/task"
  check "step 6: the client reads the result, verified" jq -e '.status == "completed" and .result.verified' "$work/task"
  local counted
  counted=$(curl -fsS "$api/metrics" | sed -n 's/^zkp_tasks{status="completed"} //p')
  check "step 7: the metrics count what the database counts" test "$counted" = \
    "$(query "SELECT count(*) FROM tasks WHERE status = 'completed'")"
  check "all of it in under 30 s: $((($(now_ms) - start) / 1000)) s" test $(($(now_ms) - start)) -lt 30000
  if [[ -d test/interop/node_modules/snarkjs ]]; then
    check "the proof verifies in snarkjs" snarkjs_verifies
  else
    skip "the proof verifies in snarkjs: test/interop has no node_modules; run scripts/setup"
  fi
  check "the private inputs are gone from the database" test \
    "$(query "SELECT count(*) FROM task_inputs WHERE task_id = '$id'")" = 0
  check "no log shows a private input" not_in_logs secret1
}
not_in_logs() { ! log_has "$1" "${coordinators[@]}" worker-1 worker-2 api-gateway; }

# --- job failover ----------------------------------------------------------------------------------

# submit_some COUNT FILE
submit_some() {
  local i
  for i in $(seq "$1"); do submit "$(test_body "$i")" >>"$2" || return 1; done
}

# lose_leader WHAT COMMAND...: the leader is lost by the command, with tasks in flight, and comes back.
lose_leader() {
  local how=$1 leader start took back=$3
  leader=$(leaders | head -n 1)
  : >"$work/ids"
  submit_some 10 "$work/ids"
  submit "$(long_body "$how")" >>"$work/ids"
  start=$(now_ms)
  # shellcheck disable=SC2086 # words of a command
  node_do $2 "$leader" ${4:-}
  if wait_for 10 another_leads "$leader"; then took=$(($(now_ms) - start)); else took=10000; fi
  check "$how: a new leader within 10 s: after $took ms, of which 2000 are the aim" test "$took" -lt 10000
  submit_some 5 "$work/ids"
  check "$how: tasks in flight and new ones complete, each once" all_complete "$work/ids"
  # shellcheck disable=SC2086
  node_do $back "$leader" ${5:-}
  check "$how: $leader comes back as a follower" wait_for 15 role_is "$leader" follower
  check "$how: exactly one coordinator leads" wait_for 10 one_leader
  check "$how: the gateway finds all three again" wait_for 10 roles_are "follower follower leader"
}
roles_are() { [[ $(get /api/v1/cluster | jq -r '[.coordinators[].role] | sort | join(" ")') == "$1" ]]; }

# Containers get their addresses in the order of their start: after one of the two they have each other's.
restart_coordinators() {
  local order number
  : >"$work/ids"
  for order in "3 2 1" "1 2 3"; do
    submit_some 5 "$work/ids"
    for number in $order; do node_do stop "coordinator-$number"; done
    for number in $order; do node_do start "coordinator-$number"; done
    check "coordinators restarted, $order: exactly one leads" wait_for 15 one_leader
    check "coordinators restarted, $order: the gateway finds all three" wait_for 15 roles_are "follower follower leader"
  done
  submit_some 5 "$work/ids"
  check "coordinators restarted: nothing is lost, each task completes once" all_complete "$work/ids"
}

worker_of_running() {
  local end
  end=$(($(now_ms) + 20000))
  while (($(now_ms) < end)); do
    query "SELECT worker_id FROM tasks WHERE id = '$1' AND status = 'running'" | grep . && return
  done
  return 1
}

lose_worker() {
  local id worker
  submit "$(long_body warm)" >"$work/ids" # the circuit has its key
  all_complete "$work/ids" >/dev/null || true
  id=$(submit "$(long_body worker)")
  worker=$(worker_of_running "$id") || worker=
  if [[ -z $worker ]]; then
    not_ok "worker killed in mid-proof: the task did not start"
    return
  fi
  node_do kill "$worker"
  echo "$id" >"$work/ids"
  check "worker killed in mid-proof: its task completes elsewhere" all_complete "$work/ids"
  check "worker killed in mid-proof: a lost worker costs the task no failure" test \
    "$(query "SELECT failures FROM tasks WHERE id = '$id'")" = 0
  node_do start "$worker"
  check "worker killed in mid-proof: $worker registers again" wait_for 15 workers_are 2
}

restart_database() {
  : >"$work/ids"
  submit_some 10 "$work/ids"
  node_do kill postgres QUIT # an immediate shutdown: recovery at the next start
  check "PostgreSQL ends" wait_for 20 node_ended postgres
  check "PostgreSQL is away: 503 with Retry-After" answers_503
  node_do start postgres
  submit_some 5 "$work/ids"
  check "PostgreSQL restarted: nothing is lost, each task completes once" all_complete "$work/ids"
  check "PostgreSQL restarted: exactly one coordinator leads" wait_for 10 one_leader
}
node_ended() { ! node_runs "$1"; }
answers_503() {
  curl -sS --max-time 20 -D "$work/headers" -o "$work/answer" -H 'Content-Type: application/json' -d "$(test_body 1)" \
    "$api/api/v1/proof"
  grep -q '^HTTP/1.1 503' "$work/headers" && grep -qi '^retry-after:' "$work/headers"
}

failover() {
  local why
  lose_leader "leader stopped" stop start
  lose_leader "leader killed" kill start
  lose_leader "leader frozen" kill kill STOP CONT
  if why=$(cannot cut); then
    skip "leader cut off from the network: $why"
  else
    lose_leader "leader cut off from the network" cut join
  fi
  restart_coordinators
  lose_worker
  restart_database
  check "at the end nothing is left in flight" wait_for 30 nothing_in_flight
}
nothing_in_flight() {
  [[ $(query "SELECT count(*) FROM tasks WHERE status IN ('pending', 'assigned', 'running')") == 0 ]]
}

# --- job operations ----------------------------------------------------------------------------

zkp_refuses() { ! zkp "$@"; }

operations() {
  local leader other
  leader=$(leaders | head -n 1)
  check "zkp cluster status names the leader" grep -q "^$leader  *leader" <(zkp cluster status)
  other=coordinator-1
  if [[ $leader == coordinator-1 ]]; then other=coordinator-2; fi
  check "zkp cluster transfer hands leadership to $other" zkp cluster transfer "$other"
  check "$other leads" wait_for 10 role_is "$other" leader
  check "workers follow the leader" wait_for 15 workers_are 2

  check "zkp worker drain worker-2" zkp worker drain worker-2
  check "worker-2 ends by itself" wait_for 20 node_ended worker-2
  submit_some 5 "$work/drained"
  check "worker-1 does the work meanwhile" all_complete "$work/drained"
  check "zkp worker drain: a worker that nobody knows is refused" zkp_refuses worker drain worker-9
  node_do start worker-2
  check "worker-2 registers again" wait_for 15 workers_are 2

  check "a coordinator whose data is lost is removed, and added again" node_do heal coordinator-3
  check "coordinator-3 follows" wait_for 15 role_is coordinator-3 follower
  check "exactly one coordinator leads" wait_for 10 one_leader
  node_do stop coordinator-1
  submit_some 5 "$work/healed"
  check "its vote counts: the cluster goes on without coordinator-1" all_complete "$work/healed"
  node_do start coordinator-1
  check "coordinator-1 follows" wait_for 15 role_is coordinator-1 follower
}

case ${1:-} in
  --processes | --docker)
    # shellcheck source=test/e2e/cluster_processes.sh
    source "test/e2e/cluster_${1#--}.sh"
    shift
    ;;
  --help | -h) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) echo "run-tests: want --processes or --docker; see --help" >&2; exit 2 ;;
esac
jobs=("$@")
[[ ${#jobs[@]} -gt 0 ]] || jobs=(integration e2e failover operations)
cluster_up >"$work/up" 2>&1 || { cat "$work/up"; exit 1; }
for job in "${jobs[@]}"; do
  case $job in
    integration | e2e | failover | operations) "$job" ;;
    *) echo "run-tests: unknown job '$job'; see --help" >&2; exit 2 ;;
  esac
done
echo "run-tests: $checks checks, $failures failed, $skipped skipped"
[[ $failures == 0 ]]
