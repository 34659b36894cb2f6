#!/usr/bin/env bash
# Runs systemd's units as they stand in deployments/systemd: boots a systemd in namespaces of its own, installs units,
# user and settings as docs/PRODUCTION_DEPLOYMENT.md says, and has a proof made. Are they confined so that they still
# work, do they come back when killed, does a restart of the gateway refuse nobody, does a worker that is stopped drain?
#
#   test/deployments/units.sh
#
# The programs are those of ZKP_BIN_DIR, or of build/release/bin. Needs root, a cgroup2 file system and PostgreSQL.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
bin=${ZKP_BIN_DIR:-$top/build/release/bin}
units=$top/deployments/systemd
checks=0 failures=0 skipped=0

case ${1:-} in
  --help | -h) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
esac
check() {
  local what=$1
  shift
  checks=$((checks + 1))
  if "$@" >"$work/out" 2>&1; then
    echo "ok $what"
  else
    failures=$((failures + 1))
    echo "FAILED $what: $(head -c 400 "$work/out")"
  fi
}
# must WHAT COMMAND...: a check that the others need.
must() {
  check "$@"
  [[ $failures == 0 ]] || exit 1
}
# wait_for SECONDS COMMAND...: until it succeeds; false if it does not in time.
wait_for() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || return 1
    sleep 0.1
  done
}

cgroups=$(findmnt -t cgroup2 -no TARGET | head -n 1)
own_namespaces=(unshare --mount --pid --fork --kill-child --net --uts --ipc --cgroup)
if [[ $EUID -ne 0 || ! -w ${cgroups:-/nowhere} ]] || ! command -v systemctl >/dev/null || ! "${own_namespaces[@]}" true; then
  echo "SKIPPED units: want root that may make namespaces, systemd and a cgroup2 file system to write to"
  echo "units: 0 checks, 0 failed, 1 skipped"
  exit 0
fi

# --- a machine of its own ------------------------------------------------------------------------

work=$(mktemp -d)
group=$cgroups/zkp-units-$$
machine= # systemd's process, as we see it
inside() { nsenter -t "$machine" --mount --pid --net --uts --ipc --cgroup -- "$@"; }

finish() {
  if [[ -n $machine ]]; then
    inside journalctl --no-pager -o cat -u 'zkp-*' >"$work/journal" 2>/dev/null || true
    if [[ $failures != 0 ]]; then tail -n 40 "$work/journal"; fi
    kill -KILL "$machine" 2>/dev/null || true
  fi
  wait 2>/dev/null || true
  wait_for 10 group_is_empty || true
  find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
  rm -rf "$work"
}
group_is_empty() { ! grep -q 'populated 1' "$group/cgroup.events"; }
trap finish EXIT

# What becomes the machine's first process. What it may write is its own; of this machine's services it starts none.
boot() {
  local folder
  mount --make-rprivate /
  mount -t proc proc /proc
  mount -t tmpfs tmpfs /srv
  chmod 755 /srv
  mkdir -p /srv/etc /srv/work /srv/lib /srv/bin /srv/scripts /srv/cluster
  cp "$bin"/zkp-{coordinator,worker,api-gateway} /srv/bin/
  cp -r "$units" /srv/units
  cp "$top/scripts/cluster" /srv/scripts/
  mount -t overlay overlay -o lowerdir=/etc,upperdir=/srv/etc,workdir=/srv/work /etc
  mount -t overlay overlay -o lowerdir=/srv/bin:/usr/bin /usr/bin
  mount --bind /srv/lib /var/lib
  for folder in /run /tmp /var/tmp /var/log /lib/systemd/system/*.wants /lib/systemd/system-generators; do
    mount -t tmpfs tmpfs "$folder"
  done
  chmod 1777 /tmp /var/tmp
  rm -rf /etc/systemd/system/* /etc/fstab
  umount -R /sys/fs/cgroup
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  mount -o remount,bind,ro /sys
  ip link set lo up
  printf '[Unit]\nWants=systemd-journald.service\n' >/etc/systemd/system/zkp-units.target
  exec env -i container=zkp-units PATH="$PATH" /lib/systemd/systemd --system --unit=zkp-units.target --show-status=no
}

if [[ ${1:-} == boot ]]; then
  trap - EXIT
  boot
fi

mkdir "$group"
bash -c 'echo $BASHPID >"$1/cgroup.procs"; shift; exec "$@"' - "$group" \
  "${own_namespaces[@]}" "$0" boot </dev/null >"$work/boot" 2>&1 &
unshared=$!
first_child() { machine=$(pgrep -P "$unshared"); }
wait_for 10 first_child
must "a systemd of its own boots" wait_for 30 inside systemctl is-active --quiet zkp-units.target

# --- as the guide says ---------------------------------------------------------------------------

install_units() {
  set -e
  cd /srv/units
  install -D -m 0644 zkp.sysusers /etc/sysusers.d/zkp.conf
  systemd-sysusers /etc/sysusers.d/zkp.conf
  install -m 0644 -- *.service *.socket /etc/systemd/system/
  install -d -m 0750 -g zkp /etc/zkp
  install -m 0600 -- *.env /etc/zkp/
  (umask 077 && head -c 32 /dev/urandom >/etc/zkp/inputs.key)
  chown zkp: /etc/zkp/inputs.key
  chmod 0400 /etc/zkp/inputs.key
  # This one machine is all three, and its database is a socket of scripts/cluster.
  sed -i -E -e 's/10\.0\.0\.[0-9]+/127.0.0.1/g' \
    -e 's|^ZKP_DATABASE=.*|ZKP_DATABASE="host=/srv/cluster/postgres dbname=zkp_network user=zkp_user"|' \
    -e 's/^(ZKP_CLUSTER=[^,]*),.*/\1/' -e 's/^(ZKP_COORDINATORS=[^,]*),.*/\1/' /etc/zkp/*.env
  systemctl daemon-reload
}
must "units, user and settings are installed" inside bash -c "$(declare -f install_units); install_units"
must "PostgreSQL runs" inside env ZKP_CLUSTER_DIR=/srv/cluster /srv/scripts/cluster start postgres

api=http://127.0.0.1:8080
request='{"circuit_type":"merkle_tree","public_inputs":["1","2","3"],"private_inputs":["secret"]}'
get() { inside curl -fsS --max-time 65 "$api$1"; }
property() { inside systemctl show -P "$2" "$1"; }
runs_again() { [[ $(property "$1" MainPID) != 0 && $(property "$1" MainPID) != "$2" ]]; }
ready() { get /ready; }
proof() {
  local id
  id=$(inside curl -fsS --max-time 10 -H 'Content-Type: application/json' -d "$request" "$api/api/v1/proof" |
    jq -r .task_id)
  get "/api/v1/proof/$id?wait=30s" | jq -e '.status == "completed" and .result.verified'
}

confined() {
  [[ $(inside stat -c %U "/proc/$1") == zkp ]] &&
    [[ $(inside grep -cE '^(CapBnd:.0+|NoNewPrivs:.1)$' "/proc/$1/status") == 2 ]]
}
comes_back() {
  inside kill -KILL "$2"
  wait_for 20 runs_again "$1" "$2"
}
stops_well() {
  inside systemctl stop "$1"
  [[ $(property "$1" Result) == success ]]
}
# Requests one after another, each on a connection of its own, while the gateway is started again three times.
restarts_refuse_nobody() {
  # shellcheck disable=SC2016 # the inner shell's
  inside bash -c '
    for _ in 1 2 3; do systemctl restart zkp-api-gateway.service; done & restarts=$!
    while kill -0 "$restarts" 2>/dev/null; do curl -fsS --max-time 20 -o /dev/null "$1/health" || exit 1; done' - "$api"
}

check "coordinator, worker and the gateway's socket start" inside systemctl start zkp-coordinator.service \
  zkp-worker.service zkp-api-gateway.socket
check "the first request starts the gateway; a leader and the database are reached" wait_for 30 ready
check "a proof is made" wait_for 60 proof

for unit in coordinator worker api-gateway; do
  pid=$(property "zkp-$unit" MainPID)
  check "$unit runs as zkp, without capabilities" confined "$pid"
  check "$unit comes back when it is killed" comes_back "zkp-$unit" "$pid"
done
check "a proof is made after that" wait_for 60 proof
check "restarts of the gateway refuse no connection" restarts_refuse_nobody
check "a worker that is stopped ends by itself" stops_well zkp-worker
check "a coordinator that is stopped ends by itself" stops_well zkp-coordinator
echo "units: $checks checks, $failures failed, $skipped skipped"
[[ $failures == 0 ]]
