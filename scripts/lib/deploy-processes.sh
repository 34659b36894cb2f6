# shellcheck shell=bash disable=SC2034,SC2154 # scripts/deploy, which sources this, has and uses them
# What scripts/deploy does to the cluster of scripts/cluster. Successors are new nodes with names of their own, and those
# that they replace are kept, ended, until all is well: a worker that the coordinators quarantine takes its name with it,
# and the way back is to start again what was there.
api=http://127.0.0.1:8080
preview=http://127.0.0.1:8081
coordinators=127.0.0.1:9090,127.0.0.1:9091,127.0.0.1:9092
new_version='' old_version='' # scripts/deploy tells them

cluster() { "$top/scripts/cluster" "$@"; }
query() { cluster psql -AtXqc "$1"; }
runs() { cluster kill "$1" 0 2>/dev/null; } # signal 0: is it there?
version_of() { "$1/zkp-api-gateway" --version | awk '{print $NF}'; }
# nodes_of KIND [FOLDER]: those of the kind, or of their number those whose programs are in the folder, that run.
nodes_of() {
  local node folder
  while read -r node folder; do
    if [[ $node == "$1"* && ${2:-$folder} == "$folder" ]] && runs "$node"; then echo "$node"; fi
  done < <(cluster nodes)
}
new_nodes() { cluster nodes | awk -v to="$to" '$2 == to {print $1}'; } # also those that do not run
old_of() { comm -23 <(nodes_of "$1" | sort) <(nodes_of "$1" "$to" | sort); }

# wait_for NODE SECONDS WHAT COMMAND...: until the command succeeds, as long as the node runs.
wait_for() {
  local node=$1 end=$((SECONDS + $2)) what=$3
  shift 3
  until "$@" >/dev/null 2>&1; do
    runs "$node" || fail "$node: $what: it has ended; its last words: $(cluster logs "$node" | tail -n 1)"
    ((SECONDS < end)) || fail "$node: $what: not in time"
    sleep 0.1
  done
}

# --- workers ---------------------------------------------------------------------------------------

worker_is() { # NODE STATE [VERSION]
  curl -fsS --max-time 3 "$api/api/v1/cluster" | jq -e --arg id "$1" --arg state "$2" --arg version "${3:-}" \
    '.workers[] | select(.id == $id and .state == $state and ($version == "" or .version == $version))'
}
# A tree of 64 leaves, as many times at once as there are slots: the workers that have its key cannot take them all.
send_probes() {
  local slots
  slots=$(curl -fsS --max-time 3 "$api/api/v1/cluster" | jq .capacity.total)
  jq -nc '{circuit_type: "merkle_tree", public_inputs: [range(63) | tostring], private_inputs: ["deployment"]}' \
    >"$work/probe"
  seq "$slots" | xargs -P "$slots" -I{} curl -fsS --max-time 10 -o /dev/null -H 'Content-Type: application/json' \
    -d "@$work/probe" "$api/api/v1/proof"
}
has_proved() { query "SELECT 1 FROM attempts WHERE worker_id = '$1' AND outcome = 'completed' LIMIT 1" | grep -q 1; }
refuse_quarantined() {
  if worker_is "$1" quarantined >/dev/null; then fail "$1: its proof was not accepted, and it is quarantined"; fi
}
proves() {
  local end=$((SECONDS + 2))
  send_probes || true # a queue that is full is work too
  until has_proved "$1"; do
    ((SECONDS < end)) || return 1
    sleep 0.1
  done
}
check_worker() {
  step "$1 is to prove"
  wait_for "$1" 30 "registers as $new_version" worker_is "$1" active "$new_version"
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    refuse_quarantined "$1"
    if proves "$1"; then return; fi
    runs "$1" || break
  done
  fail "$1: no proof of its was accepted"
}
add_workers() {
  local node nodes=()
  for ((; ${#nodes[@]} < $1; )); do
    node=$(cluster add worker "$to")
    nodes+=("$node")
    step "$node, $new_version, starts"
  done
  for node in "${nodes[@]}"; do check_worker "$node"; done
}
# It takes no more, finishes what it has, and ends.
retire() {
  step "$1 is drained"
  cluster stop "$1"
}

# --- coordinators ----------------------------------------------------------------------------------

health_of() { curl -fsS --max-time 3 "http://127.0.0.1:$((8089 + ${1#coordinator-}))/health"; }
leader() {
  local node
  for node in coordinator-1 coordinator-2 coordinator-3; do
    if health_of "$node" 2>/dev/null | jq -e .raft.is_leader >/dev/null; then echo "$node"; fi
  done | head -n 1
}
is_not_leader() { local now; now=$(leader) && [[ -n $now && $now != "$1" ]]; }
# It runs that version, follows this term's leader and has what that one had; or it leads.
coordinator_is_ready() { # NODE VERSION
  local head health
  head=$(health_of "$(leader)") && health=$(health_of "$1") &&
    jq -e --arg version "$2" --argjson head "$head" '.version == $version and .raft.term == $head.raft.term
      and .raft.leader_id == $head.coordinator_id and .raft.applied_index >= $head.raft.commit_index' <<<"$health" &&
    curl -fsS --max-time 3 "http://127.0.0.1:$((8089 + ${1#coordinator-}))/ready"
}
workers_are_back() {
  curl -fsS --max-time 3 "$api/api/v1/cluster" | jq -e --argjson want "$(nodes_of worker- | wc -l)" \
    '[.workers[] | select(.state == "active")] | length == $want'
}
bring_coordinator() { # NODE FOLDER
  local version
  version=$(version_of "$2")
  if [[ $(leader) == "$1" ]]; then
    step "$1 hands over leadership"
    "$to/zkp" cluster transfer --coordinators "$coordinators" >/dev/null
    wait_until 15 "another coordinator leads" is_not_leader "$1"
    wait_until 30 "the workers follow it" workers_are_back
  fi
  step "$1, $version"
  cluster stop "$1"
  cluster start "$1" "$2"
  wait_for "$1" 30 "follows as $version, and is ready" coordinator_is_ready "$1" "$version"
}
# bring_coordinators FILE: to the folders that its lines name; one at a time, followers first.
bring_coordinators() {
  local line node folder leads last=()
  leads=$(leader)
  mapfile -t lines < <(grep '^coordinator-' "$1")
  for line in "${lines[@]}"; do
    read -r node folder <<<"$line"
    if runs "$node" && grep -qxF "$line" <(cluster nodes); then continue; fi
    if [[ $node == "$leads" ]]; then last=("$node" "$folder"); else bring_coordinator "$node" "$folder"; fi
  done
  if [[ ${#last[@]} -gt 0 ]]; then bring_coordinator "${last[@]}"; fi
}

# --- gateways --------------------------------------------------------------------------------------

# By a connection of its own, for one is as good as another.
answers_as() { [[ $(curl -fsS --max-time 3 "$1/health" | jq -r .version) == "$2" ]]; }
try_gateway() {
  step "a gateway of $new_version on $preview"
  cluster start api-gateway-preview "$to"
  wait_for api-gateway-preview 30 "is ready" curl -fsS --max-time 3 "$preview/ready"
  smoke_test "$preview"
  cluster stop api-gateway-preview
}
add_gateway() {
  local node
  node=$(cluster add api-gateway "$to")
  step "$node, $new_version, takes part"
  wait_for "$node" 30 "answers on $api" answers_as "$api" "$new_version"
}
bring_gateways() {
  local node spare
  spare=$(nodes_of api-gateway "$to" | wc -l) # a canary
  if ((spare == 0)); then try_gateway; fi
  for node in $(old_of api-gateway); do
    if ((spare > 0)); then spare=$((spare - 1)); else add_gateway; fi
    retire "$node"
  done
}

# --- the modes -------------------------------------------------------------------------------------

all_to_new() { cluster nodes | awk -v to="$to" '{print $1, to}'; }
bring_all_coordinators() {
  all_to_new >"$work/wanted"
  bring_coordinators "$work/wanted"
}

rolling() {
  local node spare
  spare=$(nodes_of worker- "$to" | wc -l) # canaries
  for node in $(old_of worker-); do
    if ((spare > 0)); then spare=$((spare - 1)); else add_workers 1; fi
    retire "$node"
  done
  bring_all_coordinators
  bring_gateways
}

blue_green() {
  local node
  add_workers "$(old_of worker- | wc -l)"
  bring_all_coordinators
  bring_gateways
  smoke_test "$api"
  for node in $(old_of worker-); do retire "$node"; done
}

canary() {
  local old
  old=$(old_of worker- | wc -l)
  add_workers $(((old * percent + 99) / 100))
  try_gateway
  add_gateway
  watch_canaries
  rolling
}

# More of the canaries' attempts than of the other workers' failed since $1.
attempts_fail() {
  local canaries
  canaries=$(nodes_of worker- "$to" | sed "s/.*/'&'/" | paste -sd,)
  [[ $(query "WITH ended AS (
      SELECT worker_id IN ($canaries) AS canary, outcome NOT IN ('completed', 'superseded', 'released', 'cancelled') AS failed
      FROM attempts WHERE ended_at >= '$1' AND worker_id <> '')
    SELECT coalesce(avg(failed::int) FILTER (WHERE canary), 0) - coalesce(avg(failed::int) FILTER (WHERE NOT canary), 0)
      > $most_failures / 100.0 FROM ended") == t ]]
}
# The canary's metrics, which come by chance: any gateway may answer.
read_metrics() {
  curl -fsS --max-time 3 "$api/metrics" >"$work/metrics" &&
    grep -qF "zkp_build_info{version=\"$new_version\"}" "$work/metrics"
}
answers_fail() {
  awk -v most="$most_failures" '/^zkp_http_requests_total/ { all += $NF; if (/status="5/) failed += $NF }
    END { exit !(100 * failed > most * all) }' "$work/metrics"
}
all_run() {
  local node
  for node in $(new_nodes); do
    runs "$node" || fail "$node has ended; its last words: $(cluster logs "$node" | tail -n 1)"
  done
}
watch_canaries() {
  local end=$((SECONDS + watch_s)) since node gateway
  gateway=$(nodes_of api-gateway "$to")
  since=$(query "SELECT clock_timestamp()")
  step "the canaries are watched for $watch_s s"
  while ((SECONDS < end)); do
    heed_interrupt
    send_probes || fail "a task was refused"
    all_run
    for node in $(nodes_of worker- "$to"); do refuse_quarantined "$node"; done
    if attempts_fail "$since"; then fail "more of the canaries' attempts fail than of the other workers'"; fi
    wait_for "$gateway" 10 "shows its metrics" read_metrics
    if answers_fail; then fail "$gateway: more than $most_failures % of its answers are 5xx"; fi
    sleep 1
  done
}

# --- before and after ------------------------------------------------------------------------------

prepare() {
  local program version node folder
  [[ -n $to ]] || usage "want --to FOLDER"
  to=$(realpath "$to")
  for program in zkp zkp-coordinator zkp-worker zkp-api-gateway; do
    [[ -x $to/$program ]] || fail "there is no $program in $to"
    version=$("$to/$program" --version | awk '{print $NF}')
    [[ ${new_version:=$version} == "$version" ]] || fail "$to: $program is of $version, and zkp of $new_version"
  done
  cluster nodes >"$work/before"
  while read -r node folder; do
    runs "$node" || fail "$node does not run; want a cluster that is whole"
    if [[ $node == api-gateway* ]]; then old_version=$(version_of "$folder"); fi
  done <"$work/before"
  [[ -n $(old_of worker-)$(old_of coordinator-)$(old_of api-gateway) ]] || fail "all nodes run the programs of $to already"
  smoke_test "$api"
}

# A line for each node that does not report the new version.
strangers() {
  local node
  for node in coordinator-1 coordinator-2 coordinator-3; do
    [[ $(health_of "$node" | jq -r .version) == "$new_version" ]] || echo "$node"
  done
  curl -fsS --max-time 3 "$api/api/v1/cluster" | jq -r --arg version "$new_version" \
    '.workers[] | select(.state == "active" and .version != $version) | .id'
  answers_as "$api" "$new_version" || echo "the gateway"
}
verify() {
  smoke_test "$api"
  step "every node runs, and reports $new_version"
  all_run
  wait_until 10 "all workers are active" workers_are_back
  [[ -z $(strangers) ]] || fail "of another version: $(strangers | paste -sd' ')"
}

# What was replaced is forgotten.
finish() {
  local node
  while read -r node _; do
    if [[ $node == worker-* || $node == api-gateway* ]] && ! runs "$node"; then cluster remove "$node"; fi
  done <"$work/before"
}

# discard NODE: what was not there before; it may not know how to end.
discard() {
  cluster stop "$1" || cluster kill "$1"
  cluster remove "$1"
}
# Starts what was there again, checks each node by the command, and discards what was not there.
restore_kind() { # KIND WHAT CHECK
  local node folder
  while read -r node folder; do
    [[ $node == "$1"* ]] || continue
    if ! runs "$node"; then
      step "$node, $(version_of "$folder"), again"
      cluster start "$node"
    fi
    wait_for "$node" 30 "$2" "$3" "$node" "$folder"
  done <"$work/before"
  while read -r node _; do
    if [[ $node == "$1"* ]] && ! grep -q "^$node " "$work/before"; then discard "$node"; fi
  done < <(cluster nodes)
}
old_gateway_answers() { answers_as "$api" "$(version_of "$2")"; }
old_worker_is_active() { worker_is "$1" active; }
restore() {
  if runs api-gateway-preview; then discard api-gateway-preview; fi
  restore_kind api-gateway "answers on $api" old_gateway_answers
  bring_coordinators "$work/before"
  restore_kind worker- "registers" old_worker_is_active
  smoke_test "$api"
}
