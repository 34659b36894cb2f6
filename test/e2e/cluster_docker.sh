#!/usr/bin/env bash
# The containers of deployments/docker/docker-compose-cluster.yml, for run-tests.sh. What each function does is said
# there. Where postgres:15 cannot be had, it is built from Debian's package.
# shellcheck shell=bash

compose_files=(deployments/docker/docker-compose-cluster.yml)

compose() {
  local file files=()
  for file in "${compose_files[@]}"; do files+=(-f "$file"); done
  if command -v docker-compose >/dev/null; then docker-compose "${files[@]}" "$@"; else docker compose "${files[@]}" "$@"; fi
}
container_of() { if [[ $1 == postgres ]]; then echo zkp-postgres-cluster; else echo "zkp-$1"; fi; }
address_of() { echo "zkp-$1:7000/zkp-$1:9090/zkp-$1:8090"; }

cluster_up() {
  if ! docker image inspect postgres:15 && ! docker pull --quiet postgres:15; then
    compose_files+=(deployments/docker/docker-compose-no-registry.yml)
  fi
  docker image inspect "zkp:${ZKP_TAG:-latest}" ||
    (compose_files=(deployments/docker/docker-compose.yml) && compose build) || return 1
  compose up -d && wait_for 60 one_leader && wait_for 60 workers_are 2
}

node_do() {
  local container
  container=$(container_of "$2")
  case $1 in
    stop) docker stop "$container" ;;
    start) docker start "$container" ;;
    kill) docker kill --signal "${3:-KILL}" "$container" ;;
    cut) docker network disconnect zkp-cluster "$container" ;;
    join) docker network connect zkp-cluster "$container" ;;
    heal) heal "$2" ;;
  esac >/dev/null
}

# As `scripts/cluster heal`: it begins without --cluster, and with the settings of the file once it is a member.
heal() {
  local container=zkp-$1 address
  address=$(address_of "$1")
  compose rm --stop --force "$1" && docker volume rm "zkp-cluster-$1" &&
    zkp cluster remove "$1" &&
    compose run -d --no-deps --name "$container" -e ZKP_CLUSTER= -e ZKP_ADDRESS="$address" "$1" &&
    zkp cluster add "$1=$address" &&
    docker stop "$container" && docker rm "$container" &&
    compose up -d --no-deps "$1"
}

node_log() { docker logs "$(container_of "$1")" 2>&1; }
state_of() { docker inspect --format "{{.State.$2}}" "$(container_of "$1")"; }
node_runs() { [[ $(state_of "$1" Running) == true ]]; }
node_is_healthy() { [[ $(state_of "$1" Health.Status) == healthy ]]; }
query() { docker exec zkp-postgres-cluster psql -U zkp_user -d zkp_network -Atc "$1"; }
zkp() {
  docker run --rm --network zkp-cluster "zkp:${ZKP_TAG:-latest}" "$@" \
    --coordinators zkp-coordinator-1:9090,zkp-coordinator-2:9090,zkp-coordinator-3:9090
}

cannot() { false; }
