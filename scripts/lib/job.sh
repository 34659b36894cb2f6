# shellcheck shell=bash
# What the jobs of scripts/jobs share. Sourced: sets $top and $logs, and stands in $top.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$top" || exit 1
logs=$top/build/ci
mkdir -p "$logs"

say() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*"; }

fail() {
  echo "ci: $*" >&2
  exit 1
}

# skip REASON: ends the job as one that this machine cannot run.
skip() {
  echo "SKIPPED: $*"
  exit 77
}

# quietly LOG COMMAND...: shows the end of the log only if the command fails.
quietly() {
  local log=$logs/$1.log
  shift
  if ! "$@" >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    echo "ci: '$*' failed; the whole output is in $log" >&2
    return 1
  fi
}

# build PRESET [--target ...]
build() {
  local preset=$1
  shift
  say "building $preset"
  quietly "configure-$preset" cmake --preset "$preset"
  quietly "build-$preset" cmake --build --preset "$preset" "$@"
}

sources() { git ls-files --cached --others --exclude-standard "$@"; }

# on_cluster LOG COMMAND...: with a cluster of processes of its own; the last line of the log is the outcome.
# PostgreSQL's own user must be able to reach the folder, and a socket's path is short.
on_cluster() {
  local log=$1 status=0
  shift
  ZKP_CLUSTER_DIR=$(mktemp -d /var/tmp/zkp-cluster.XXXXXX)
  chmod 755 "$ZKP_CLUSTER_DIR"
  export ZKP_CLUSTER_DIR ZKP_BIN_DIR=$top/build/release/bin
  quietly "$log" "$@" || status=$?
  if [[ $status != 0 ]]; then cp -r "$ZKP_CLUSTER_DIR/logs" "$logs/$log-logs-$$"; fi
  scripts/cluster down >"$logs/$log-down.log"
  rm -rf "$ZKP_CLUSTER_DIR"
  [[ $status == 0 ]] || return 1
  say "$log: $(tail -n 1 "$logs/$log.log")"
}

# run_tests LOG --processes|--docker JOB...: jobs of test/e2e/run-tests.sh on a cluster of its own.
run_tests() {
  local log=$1 kind=$2
  shift 2
  if [[ $kind == --processes ]]; then
    build release --target zkp zkp-coordinator zkp-worker zkp-api-gateway
    on_cluster "$log" test/e2e/run-tests.sh --processes "$@"
  else
    quietly "$log" test/e2e/run-tests.sh "$kind" "$@"
    say "$log: $(tail -n 1 "$logs/$log.log")"
  fi
  grep '^SKIPPED' "$logs/$log.log" || true
}
