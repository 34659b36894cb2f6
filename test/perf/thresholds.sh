#!/usr/bin/env bash
# Does a cluster of scripts/cluster keep its promises on speed and memory? A line per check; status 1 if one fails.
#
#   test/perf/thresholds.sh [SOAK_SECONDS] [TREND_FILE]     default 30 s; brings the cluster up if it is not
#
# The thresholds are wide, for machines that do other things too; docs/PERFORMANCE.md has what is reached. A line of JSON with the
# figures is appended to TREND_FILE.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top"
if [[ ${1:-} == --help || ${1:-} == -h ]]; then
  sed -n '2,7s/^# \{0,1\}//p' "$0"
  exit 0
fi
soak=${1:-30} trend=${2:-}
bin=${ZKP_BIN_DIR:-$top/build/release/bin}
api=http://127.0.0.1:8080
failures=0

# at_most WHAT FIGURE LIMIT UNIT, at_least ...: a check.
at_most() { judge "$(jq -n "$2 <= $3")" "$1: $2 $4 (wanted: at most $3)"; }
at_least() { judge "$(jq -n "$2 >= $3")" "$1: $2 $4 (wanted: at least $3)"; }
judge() {
  if [[ $1 == true ]]; then echo "ok $2"; return; fi
  failures=$((failures + 1))
  echo "FAILED $2"
}

load() { "$bin/zkp-load" --json "$@"; }

# The resident memory of each node in MiB: {"coordinator-1": 27.1, ...}.
memory() {
  local node pid
  scripts/cluster status | sed -n 's/^\([a-z0-9-]*\) .*process \([0-9]*\).*/\1 \2/p' | while read -r node pid; do
    echo "$node $(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status")"
  done | jq -Rnc '[inputs | split(" ") | {(.[0]): (.[1] | tonumber / 1024 * 10 | round / 10)}] | add'
}

scripts/cluster up >/dev/null

# The first of a circuit makes its key.
load --count 1 --rate 1 >/dev/null
health=$(for _ in $(seq 50); do curl -fsS -o /dev/null -w '%{time_total}\n' "$api/health"; done |
  jq -sc 'sort | {mean: (add / length * 1e5 | round / 100), p99: (.[-1] * 1e5 | round / 100)}')
at_most "health, mean of 50" "$(jq .mean <<<"$health")" 500 ms
at_most "health, the slowest of 50" "$(jq .p99 <<<"$health")" 500 ms

fifty=$(load --count 50 --concurrency 50)
at_least "50 submissions at once, all completed" "$(jq '.tasks.completed // 0' <<<"$fifty")" 50 tasks
at_least "50 submissions at once" "$(jq .completed_per_second <<<"$fifty")" 5 tasks/s

# Warm, then under the same load: what grows now grows for ever.
load --concurrency 8 --duration "$((soak / 3 + 1))" >/dev/null
before=$(memory)
steady=$(load --concurrency 8 --duration "$soak")
after=$(memory)
at_least "under load for $soak s, all completed" "$(jq '.tasks.completed // 0' <<<"$steady")" "$(jq .requests <<<"$steady")" tasks
for node in $(jq -r 'keys[]' <<<"$after"); do
  at_most "memory of $node" "$(jq --arg node "$node" '.[$node]' <<<"$after")" 1024 MiB
  if [[ $node != postgres ]]; then # its pages are shared, and fill up
    at_most "growth of $node over $soak s of load" \
      "$(jq -n --arg node "$node" --argjson a "$before" --argjson b "$after" '($b[$node] - $a[$node]) * 10 | round / 10')" 16 MiB
  fi
done

if [[ -n $trend ]]; then
  jq -nc --arg commit "$(git rev-parse HEAD)" --arg time "$(date -u +%FT%TZ)" \
    --arg cpu "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores" \
    --argjson health "$health" --argjson fifty "$fifty" --argjson steady "$steady" --argjson memory "$after" \
    '{commit: $commit, time: $time, cpu: $cpu, health_ms: $health, tasks_per_second: $steady.completed_per_second,
      fifty_tasks_per_second: $fifty.completed_per_second, finished_ms: $steady.ms.finished, memory_mib: $memory}' >>"$trend"
fi
echo "performance: $(jq .completed_per_second <<<"$steady") tasks/s, health $(jq .mean <<<"$health") ms, $failures thresholds missed"
[[ $failures == 0 ]]
