#!/usr/bin/env bash
# The cluster of scripts/cluster, for run-tests.sh. What each function does is said there.
# shellcheck shell=bash

cluster_up() { scripts/cluster up; }
node_do() { scripts/cluster "$@"; }
node_log() { scripts/cluster logs "$1"; }
node_runs() { [[ $(scripts/cluster status) =~ $1\ *running ]]; }
node_is_healthy() { node_runs "$1"; }
query() { scripts/cluster psql -Atc "$1"; }
zkp() { "${ZKP_BIN_DIR:-build/release/bin}/zkp" "$@" --coordinators 127.0.0.1:9090,127.0.0.1:9091,127.0.0.1:9092; }

cannot() {
  [[ $1 == cut ]] && echo "these processes share one network; --docker does it, and so does test/chaos"
}
