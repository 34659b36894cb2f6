# shellcheck shell=bash disable=SC2034,SC2154 # scripts/deploy, which sources this, has and uses them
# What scripts/deploy does to the workloads of deployments/kubernetes, by kubectl. Kubernetes replaces their pods itself,
# as the manifests' strategies, probes and periods of grace say, so rolling is the only mode; the leader is replaced when
# its turn comes, and another one is elected within a second. The test of this records what kubectl is asked; no API
# server answers there.
workloads=(deployment/worker statefulset/coordinator deployment/api-gateway)
forwarded=http://127.0.0.1:18080

kube() { kubectl --namespace "$namespace" "$@"; }
tag_of() { echo "${1##*:}"; }

# All containers of a workload have one image.
bring_workload() { # WORKLOAD IMAGE
  step "$1: $2"
  kube set image "$1" "*=$2" >/dev/null
  kube rollout status "$1" --timeout="${rollout_s}s" >"$work/rollout" 2>&1 || fail "$1: $(tail -n 1 "$work/rollout")"
}

# By a connection to a pod that is there now.
smoke_test_inside() {
  end_background
  # Not by the function: killing its shell would leave kubectl running.
  kubectl --namespace "$namespace" port-forward service/api-gateway 18080:8080 >"$work/forward" 2>&1 &
  echo $! >"$work/background"
  wait_until 30 "a connection to the gateway" curl -fsS --max-time 3 "$forwarded/health"
  smoke_test "$forwarded"
}

prepare() {
  local workload image
  [[ $mode == rolling ]] || usage "Kubernetes: want rolling, for it replaces the pods itself"
  [[ -n $namespace && -n $image_tag ]] || usage "want --namespace and --image-tag"
  for workload in "${workloads[@]}"; do
    image=$(kube get "$workload" -o 'jsonpath={.spec.template.spec.containers[0].image}')
    [[ ${image##*/} == *:* ]] || fail "$workload: its image has no tag: $image"
    echo "$workload $image"
  done >"$work/before"
  new_version=$image_tag
  old_version=$(tag_of "$image")
  smoke_test_inside
}
rolling() {
  local workload image
  while read -r workload image; do
    bring_workload "$workload" "${image%:*}:$image_tag" </dev/null
  done <"$work/before"
}
verify() { smoke_test_inside; }
finish() { :; }
restore() {
  local workload image
  while read -r workload image; do
    bring_workload "$workload" "$image" </dev/null
  done < <(tac "$work/before")
  smoke_test_inside
}
