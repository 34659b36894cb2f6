#!/usr/bin/env bash
# How long a cluster of scripts/cluster is without a leader: kills the one that leads with SIGKILL, again and again under
# a light load, and takes the time from the kill to the first assignment that the next leader put down in the database.
#
#   test/perf/failover.sh [ROUNDS]     default 50; brings the cluster up if it is not
#
# Prints a line for each round, then count, p50, p99 (by nearest rank) and max in milliseconds, then what the load saw.
# ZKP_LOAD_RATE: tasks a second of the load (default 20). Ends with status 1 if a task was lost.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top"
rounds=${1:-50}
if [[ $rounds == --help || $rounds == -h ]]; then
  sed -n '2,8s/^# \{0,1\}//p' "$0"
  exit 0
fi
bin=${ZKP_BIN_DIR:-$top/build/release/bin}
work=$(mktemp -d)
load=
trap '[[ -z $load ]] || kill "$load" 2>/dev/null || true; rm -rf "$work"' EXIT

fail() {
  echo "failover: $*" >&2
  exit 1
}
now_ms() { date +%s%3N; }
query() { scripts/cluster psql -AtXqc "$1"; }
health_of() { curl -fsS --max-time 2 "http://127.0.0.1:$((8089 + ${1#coordinator-}))/health"; }
leader() {
  local i
  for i in 1 2 3; do
    if [[ $(health_of "coordinator-$i" 2>/dev/null | jq .raft.is_leader) == true ]]; then
      echo "coordinator-$i"
      return
    fi
  done
  return 1
}
# wait_for SECONDS WHAT COMMAND...
wait_for() {
  local end=$(($(now_ms) + $1 * 1000)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    (($(now_ms) < end)) || fail "$what: not in time"
    sleep 0.05
  done
}
all_is_well() {
  curl -fsS --max-time 3 http://127.0.0.1:8080/api/v1/cluster | jq -e '(.leader_id | length > 0)
    and ([.workers[] | select(.state == "active")] | length == 2)
    and ([.coordinators[] | select(.role == "follower")] | length == 2)'
}
last_term_is() { [[ $(query "SELECT coalesce(max(term), 0) FROM attempts") == "$1" ]]; }
# When the first assignment of a later term than $1 was made, in milliseconds since 1970.
first_after() { query "SELECT (extract(epoch FROM min(assigned_at)) * 1000)::bigint FROM attempts WHERE term > $1"; }
has_assigned_after() { [[ -n $(first_after "$1") ]]; }

one_round() {
  local who term killed assigned
  wait_for 60 "the cluster is whole" all_is_well
  who=$(leader) || fail "nobody leads"
  term=$(health_of "$who" | jq .raft.term)
  wait_for 20 "$who assigns" last_term_is "$term"
  killed=$(now_ms)
  scripts/cluster kill "$who"
  wait_for 30 "a new leader assigns" has_assigned_after "$term"
  assigned=$(first_after "$term")
  echo $((assigned - killed)) >>"$work/times"
  echo "round $1: $who killed at term $term: $((assigned - killed)) ms"
  scripts/cluster start "$who"
}

scripts/cluster up >"$work/up" 2>&1 || { cat "$work/up"; exit 1; }
"$bin/zkp-load" --circuit test --count 1 --rate 1 >/dev/null # the circuit has its key
"$bin/zkp-load" --circuit test --rate "${ZKP_LOAD_RATE:-20}" --duration 86400 >"$work/load" 2>&1 &
load=$!
for round in $(seq "$rounds"); do one_round "$round"; done
wait_for 60 "the cluster is whole" all_is_well

status=0
kill -INT "$load"
wait "$load" || status=1
load=
sort -n "$work/times" | awk '
  { times[NR] = $1 }
  function at(share,  rank) { rank = share * NR; return times[rank == int(rank) ? rank : int(rank) + 1] }
  END { printf "failover: %d rounds, p50 %d ms, p99 %d ms, max %d ms\n", NR, at(0.5), at(0.99), times[NR] }'
cat "$work/load"
[[ $status == 0 ]]
