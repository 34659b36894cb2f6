#!/usr/bin/env bash
# Two builds measured in turn on this machine: is the second over 10 % slower than the first?
#
#   test/perf/compare.sh BASE NEW [ROUNDS]     checkouts with a release build each; default 5 rounds
#
# Proofs a second of one process, and tasks a second of a cluster of processes; medians of the rounds, and their spread. A difference
# within the spread of either side is noise and passes. Status 1 if something is slower.
set -euo pipefail
if [[ ${1:---help} == --help || $1 == -h ]]; then
  sed -n '2,7s/^# \{0,1\}//p' "$0"
  exit 0
fi
base=$(cd "$1" && pwd) new=$(cd "$2" && pwd) rounds=${3:-5}
work=$(mktemp -d /var/tmp/zkp-compare.XXXXXX)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT

proofs_per_second() { "$1/build/release/bin/zkp" bench groth16 --constraints 16384 --runs 5 --json | jq '1 / .seconds'; }
tasks_per_second() {
  export ZKP_BIN_DIR=$1/build/release/bin ZKP_CLUSTER_DIR=$work/cluster
  local load=$new/build/release/bin/zkp-load
  "$1/scripts/cluster" up >"$work/up.log" || { cat "$work/up.log" >&2; return 1; }
  "$load" --count 1 --rate 1 >/dev/null
  "$load" --concurrency 8 --duration 5 --json | jq .completed_per_second
  "$1/scripts/cluster" down >/dev/null
  rm -rf "$work/cluster"
}

for round in $(seq "$rounds"); do
  for measure in proofs_per_second tasks_per_second; do
    $measure "$base" >>"$work/$measure.base"
    $measure "$new" >>"$work/$measure.new"
    echo "round $round: $measure: $(tail -qn 1 "$work/$measure.base" "$work/$measure.new" | paste -sd' ')"
  done
done
slower=0
for measure in proofs_per_second tasks_per_second; do
  jq -nr --arg measure "$measure" --slurpfile base "$work/$measure.base" --slurpfile new "$work/$measure.new" '
    def median: sort | .[length / 2 | floor];
    def spread: (max - min) / median;
    (($new | median) / ($base | median)) as $ratio | ([$base, $new] | map(spread) | max) as $spread |
    "\(if $ratio < 0.9 and 1 - $ratio > $spread then "SLOWER" else "ok" end) \($measure): " +
    "\($ratio * 1000 | round / 1000) of the base (spread \($spread * 100 | round) %)"' | tee "$work/verdict"
  if grep -q '^SLOWER' "$work/verdict"; then slower=1; fi
done
[[ $slower == 0 ]]
