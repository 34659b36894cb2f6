#!/usr/bin/env bash
# The whole network in one process, from outside: what it proves, what survives kill -9, what stays secret.
#
#   ZKP=build/release/bin/zkp test/e2e/dev.sh
set -euo pipefail
zkp=${ZKP:-build/release/bin/zkp}
work=$(mktemp -d)
data=$work/data
log=$work/log
pid=
checks=0

cleanup() {
  if [[ -n $pid ]]; then kill -9 "$pid" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap cleanup EXIT

ok() {
  checks=$((checks + 1))
  echo "ok $*"
}
fail() {
  tail -n 20 "$log"
  echo "FAILED $*"
  exit 1
}

# Starts zkp dev on a free port and waits for the line that tells its address.
start() {
  local line
  exec {out}< <(exec "$zkp" dev --data-dir "$data" --listen 127.0.0.1:0 2>>"$log")
  pid=$!
  while read -r -t 20 line <&"$out"; do
    url=$(grep -oE 'http://[^ ]+[0-9]' <<<"$line") && return
  done
  fail "zkp dev does not listen"
}
stop() {
  kill -TERM "$pid"
  wait "$pid" || fail "zkp dev ended with status $? after SIGTERM"
  pid=
}
post() { curl -sS -o "$work/answer" -w '%{http_code}' -H 'Content-Type: application/json' -d "$1" "$url/api/v1/proof"; }
field() { jq -r "$1" "$work/answer"; }

# Submits and waits: the finished task is in $work/answer.
prove() {
  local code
  code=$(post "$1")
  [[ $code == 202 ]] || fail "POST $1: status $code: $(cat "$work/answer")"
  curl -sS -o "$work/answer" "$url/api/v1/proof/$(field .task_id)?wait=60s"
  [[ $(field .status) == completed ]] || fail "POST $1: $(cat "$work/answer")"
}

start
prove '{"circuit_type": "merkle_tree", "public_inputs": ["1","2","3"], "private_inputs": ["secret1","secret2"]}'
[[ $(field .result.verified) == true ]] || fail "the proof is not verified"
ok "merkle_tree: 202, then completed"
prove '{"circuit_type":"test","public_inputs":["1"]}'
[[ $(field '.result.public_signals | join(",")') == 1 ]] || fail "public signals: $(field .result.public_signals)"
ok "test: 202, then completed"

[[ $("$zkp" proof submit addition --url "$url" --wait --inputs - <<<'{"a":"2","b":"3","sum":"5"}' | jq -r .status) == completed ]] ||
  fail "zkp proof submit"
for command in "proof list" "circuit list" "circuit show addition"; do
  # shellcheck disable=SC2086 # words of a command
  "$zkp" $command --url "$url" >/dev/null || fail "zkp $command"
done
ok "zkp proof and circuit commands"

# A private input is in no file of the data folder, no log and no answer, before and after its task is done.
marker=the-marker-7261548893
prove "{\"circuit_type\":\"merkle_tree\",\"public_inputs\":[\"1\"],\"private_inputs\":[\"$marker\"]}"
curl -sS "$url/api/v1/proof" >"$work/list"
if grep -rqa "$marker" "$data" "$log" "$work/answer" "$work/list"; then fail "a private input stands in the clear"; fi
[[ $(stat -c %a "$data/inputs.key") == 600 ]] || fail "the key file's mode is $(stat -c %a "$data/inputs.key")"
[[ $(sqlite3 "$data/zkp.db" "SELECT count(*) FROM task_inputs") == 0 ]] ||
  fail "inputs of finished tasks are kept"
ok "private inputs are sealed, erased and never shown"

# The time from submission to completion, when idle; a measurement, not a check.
for _ in $(seq 21); do
  prove '{"circuit_type":"test","public_inputs":["7"]}'
  jq 'def ms: (sub("\\.\\d+Z$"; "Z") | fromdateiso8601) * 1000 + (capture("\\.(?<ms>\\d+)Z$").ms | tonumber);
    (.completed_at | ms) - (.created_at | ms)' "$work/answer"
done | sort -n | sed -n 11p | xargs printf 'submit to completed, idle: median %s ms of 21\n'
stop
ok "SIGTERM ends it with status 0"

# kill -9 with 200 tasks in flight: every acknowledged one completes, once.
start
bodies=$(for i in $(seq 200); do
  printf 'url = "%s/api/v1/proof"\nheader = "Content-Type: application/json"\ndata = "{\\"circuit_type\\":\\"test\\",\\"public_inputs\\":[\\"%s\\"]}"\noutput = "%s"\nnext\n' \
    "$url" "$i" "$work/task-$i"
done)
curl -sS --parallel --parallel-max 16 -K - <<<"${bodies%next}" >/dev/null
jq -r .task_id "$work"/task-* | sort >"$work/acknowledged"
[[ $(wc -l <"$work/acknowledged") == 200 ]] || fail "only $(wc -l <"$work/acknowledged") of 200 were acknowledged"
kill -9 "$pid"
wait "$pid" 2>/dev/null || true
in_flight=$(sqlite3 "$data/zkp.db" "SELECT count(*) FROM tasks WHERE status IN ('pending','assigned','running')")
((in_flight > 0)) || fail "nothing was left in flight by kill -9"
start
while read -r id; do
  curl -sS -o "$work/answer" "$url/api/v1/proof/$id?wait=60s"
  [[ $(field .status) == completed ]] || fail "after the restart: $(cat "$work/answer")"
done <"$work/acknowledged"
sqlite3 "$data/zkp.db" "SELECT id FROM tasks WHERE status = 'completed'" | sort >"$work/completed"
[[ -z $(comm -23 "$work/acknowledged" "$work/completed") ]] || fail "acknowledged tasks did not complete"
[[ $(sqlite3 "$data/zkp.db" "SELECT count(*) FROM (SELECT task_id FROM attempts WHERE outcome = 'completed' GROUP BY task_id HAVING count(*) > 1)") == 0 ]] ||
  fail "a task completed twice"
ok "kill -9 with 200 acknowledged tasks, $in_flight of them in flight: all completed, once"
stop

if "$zkp" dev --data-dir "$data" --listen 0.0.0.0:0 >"$work/out" 2>&1; then fail "it listens for everybody"; fi
grep -q -- --insecure "$work/out" || fail "no word of --insecure: $(cat "$work/out")"
ok "beyond loopback only with --insecure"

echo "e2e: $checks checks passed"
