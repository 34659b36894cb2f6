// What manifests must keep to: the programs' own settings, ports and paths, and each other.
import { environmentOf, podsOf, selects } from "./pods.mjs";

const portOf = (address) => Number(address.match(/:(\d+)$/)?.[1]);
const portsOf = (container) => (container.ports ?? []).map(({ containerPort }) => containerPort);
const namedPort = (container, port) =>
  typeof port === "number"
    ? port
    : container.ports?.find(({ name }) => name === port)?.containerPort;
const kUnknownSecret = () => "host=database:5432";

// Settings of one program: `variables` as {name: value}, `words` of its command line.
export function settingFindings(where, program, variables, words, programs) {
  const known = programs[program];
  if (!known) return [`${where}: there is no program ${program}`];
  const given = new Set(Object.keys(variables));
  const findings = [];
  for (const word of words) {
    const flag = word.split("=")[0];
    if (!flag.startsWith("-")) continue;
    if (!known.flags.has(flag)) findings.push(`${where}: ${program} has no flag ${flag}`);
    given.add(`ZKP_${flag.slice(2).toUpperCase().replaceAll("-", "_")}`);
  }
  for (const name of given) {
    if (name.startsWith("ZKP_") && !known.variables.has(name))
      findings.push(`${where}: ${program} reads no ${name}`);
  }
  for (const name of known.required) {
    if (!given.has(name)) findings.push(`${where}: ${program} needs ${name}`);
  }
  return findings;
}

function containerFindings(pod, objects, programs) {
  const { container, spec, name } = pod;
  const environment = environmentOf(container, name, objects, kUnknownSecret);
  const findings = settingFindings(name, pod.program, environment, container.args ?? [], programs);
  const listening = Object.entries(environment)
    .filter(([key]) => key.endsWith("LISTEN"))
    .map(([, at]) => portOf(at));
  if (String(listening.sort()) !== String(portsOf(container).sort())) {
    findings.push(
      `${name}: containerPorts ${portsOf(container)}, but it is told to listen on ${listening}`,
    );
  }
  const drain = Number(
    environment.ZKP_DRAIN_GRACE_S ?? programs[pod.program]?.defaults.ZKP_DRAIN_GRACE_S ?? 0,
  );
  if (spec.terminationGracePeriodSeconds <= drain) {
    findings.push(
      `${name}: terminationGracePeriodSeconds ${spec.terminationGracePeriodSeconds}, want over ${drain}`,
    );
  }
  return findings;
}

function confinementFindings({ name, spec }) {
  const pod = spec.securityContext ?? {};
  const wanted = [
    [pod.runAsNonRoot === true && pod.runAsUser > 0, "runs as root"],
    [pod.seccompProfile?.type === "RuntimeDefault", "has no seccomp profile"],
    [spec.automountServiceAccountToken === false, "has a service account's token"],
  ];
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    const own = container.securityContext ?? {};
    wanted.push([own.readOnlyRootFilesystem === true, `${container.name} may write its root`]);
    wanted.push([own.allowPrivilegeEscalation === false, `${container.name} may gain privileges`]);
    wanted.push([String(own.capabilities?.drop) === "ALL", `${container.name} keeps capabilities`]);
    wanted.push([
      container.resources?.requests && container.resources?.limits,
      `${container.name} has no resources`,
    ]);
  }
  return wanted.filter(([ok]) => !ok).map(([, what]) => `${name}: ${what}`);
}

function selectorFindings(objects, pods) {
  const findings = [];
  for (const { kind, metadata, spec } of objects) {
    if (kind === "Service") {
      const behind = pods.filter(({ labels }) => selects({ matchLabels: spec.selector }, labels));
      if (behind.length === 0) findings.push(`Service ${metadata.name} selects no pod`);
      for (const { targetPort } of spec.ports) {
        if (
          behind.some(
            ({ container }) => !portsOf(container).includes(namedPort(container, targetPort)),
          )
        ) {
          findings.push(`Service ${metadata.name}: its pods have no port ${targetPort}`);
        }
      }
    }
    if (
      kind === "PodDisruptionBudget" &&
      !pods.some(({ labels }) => selects(spec.selector, labels))
    ) {
      findings.push(`PodDisruptionBudget ${metadata.name} selects no pod`);
    }
    if (kind === "Secret") findings.push(`Secret ${metadata.name}: secrets are not kept here`);
  }
  return findings;
}

const kDefaultNamespace = { "kubernetes.io/metadata.name": "default" };

// Whether the policies let `from` reach `port` of `to`; one of the two may be from outside: {namespace: its labels}.
function allows(policies, from, to, port) {
  const passes = (direction, pod, peer) => {
    if (!pod.labels) return true;
    const own = policies.filter(
      ({ spec }) => spec.policyTypes.includes(direction) && selects(spec.podSelector, pod.labels),
    );
    if (own.length === 0) return true;
    const [list, side] = direction === "Ingress" ? ["ingress", "from"] : ["egress", "to"];
    return own
      .flatMap(({ spec }) => spec[list] ?? [])
      .some(
        (rule) =>
          rule.ports.some((one) => one.port === port) &&
          (!rule[side] ||
            rule[side].some((at) =>
              at.namespaceSelector
                ? peer.namespace && selects(at.namespaceSelector, peer.namespace)
                : at.podSelector && peer.labels && selects(at.podSelector, peer.labels),
            )),
      );
  };
  return passes("Egress", from, to) && passes("Ingress", to, from);
}

// Every connection that the programs make is allowed, and these are all that there are.
function networkFindings(objects, pods) {
  const policies = objects.filter(({ kind }) => kind === "NetworkPolicy");
  const one = (program) => pods.find((pod) => pod.program === program);
  const [coordinator, worker, gateway] = ["zkp-coordinator", "zkp-worker", "zkp-api-gateway"].map(
    one,
  );
  const environment = (pod) => environmentOf(pod.container, pod.name, objects, kUnknownSecret);
  const port = (pod, name) => portOf(environment(pod)[name]);
  const monitoring = { namespace: { "kubernetes.io/metadata.name": "monitoring" } };
  const client = { namespace: { "zkp-network/client": "true" } };
  const stranger = { namespace: kDefaultNamespace };
  const raft = port(coordinator, "ZKP_RAFT_LISTEN");
  const forWorkers = port(coordinator, "ZKP_WORKER_LISTEN");
  const http = [coordinator, worker].map((pod) => [pod, port(pod, "ZKP_HTTP_LISTEN")]);
  const api = port(gateway, "ZKP_LISTEN");
  const wanted = [
    [coordinator, coordinator, raft],
    [worker, coordinator, forWorkers],
    [gateway, coordinator, forWorkers],
    [client, gateway, api],
    [monitoring, gateway, api],
    ...http.map(([pod, at]) => [monitoring, pod, at]),
    [coordinator, stranger, 5432],
    [gateway, stranger, 5432],
  ];
  const unwanted = [
    ...[worker, gateway, stranger, client].map((from) => [from, coordinator, raft]),
    [stranger, coordinator, forWorkers],
    [client, coordinator, forWorkers],
    [stranger, gateway, api],
    ...http.flatMap(([pod, at]) => [
      [stranger, pod, at],
      [client, pod, at],
    ]),
    [worker, stranger, 5432],
    [worker, gateway, api],
    [gateway, worker, port(worker, "ZKP_HTTP_LISTEN")],
  ];
  const called = (peer) => peer.name ?? JSON.stringify(peer.namespace);
  const line = ([from, to, at], what) =>
    `NetworkPolicy: ${called(from)} ${what} reach ${called(to)} on port ${at}`;
  return wanted
    .filter((way) => !allows(policies, ...way))
    .map((way) => line(way, "cannot"))
    .concat(unwanted.filter((way) => allows(policies, ...way)).map((way) => line(way, "can")));
}

// Hosts in settings are Services' and pods' names, on ports that those have.
function addressFindings(objects, pods) {
  const services = objects.filter(({ kind }) => kind === "Service");
  const names = new Map(
    services.map(({ metadata, spec }) => [metadata.name, spec.ports.map(({ port }) => port)]),
  );
  for (const { name, workload, container } of pods) {
    if (workload.spec.serviceName)
      names.set(`${name}.${workload.spec.serviceName}`, portsOf(container));
  }
  return pods.flatMap((pod) => {
    const environment = environmentOf(pod.container, pod.name, objects, kUnknownSecret);
    return ["ZKP_COORDINATORS", "ZKP_ADDRESS", "ZKP_CLUSTER"].flatMap((variable) =>
      (environment[variable] ?? "")
        .split(/[,/]/)
        .filter(Boolean)
        .map((text) => text.replace(/.*=/, ""))
        .filter((text) => !names.get(text.replace(/:\d+$/, ""))?.includes(portOf(text)))
        .map((text) => `${pod.name}: ${variable} names ${text}, which nobody has`),
    );
  });
}

export function manifestFindings(objects, programs) {
  const pods = podsOf(objects);
  return [
    ...pods.flatMap((pod) => containerFindings(pod, objects, programs)),
    ...pods.flatMap(confinementFindings),
    ...selectorFindings(objects, pods),
    ...networkFindings(objects, pods),
    ...addressFindings(objects, pods),
  ];
}

// What the running pods say to what the manifests promise of them.
export async function liveFindings(objects, live) {
  const findings = [];
  for (const { name, container, annotations } of podsOf(objects)) {
    for (const port of portsOf(container)) {
      if (!(await live.listens(name, port)))
        findings.push(`${name}: nobody listens on containerPort ${port}`);
    }
    for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"]) {
      const { port, path } = container[probe].httpGet;
      const { status } = await live.get(name, namedPort(container, port), path);
      if (status !== 200)
        findings.push(`${name}: ${probe} ${path} on port ${port}: status ${status || "none"}`);
    }
    const at = `${annotations["prometheus.io/port"]}${annotations["prometheus.io/path"]}`;
    const { text } = await live.get(
      name,
      annotations["prometheus.io/port"],
      annotations["prometheus.io/path"],
    );
    if (!/^zkp_/m.test(text)) findings.push(`${name}: no metrics on ${at}`);
  }
  return findings.concat(await autoscalerFindings(objects, live));
}

async function autoscalerFindings(objects, live) {
  const findings = [];
  const pods = podsOf(objects);
  for (const { metadata, spec } of objects.filter(
    ({ kind }) => kind === "HorizontalPodAutoscaler",
  )) {
    const pod = pods.find(({ workload }) => workload.metadata.name === spec.scaleTargetRef.name);
    const gateway = pods.find(({ program }) => program === "zkp-api-gateway");
    const { text } = await live.get(
      gateway.name,
      gateway.annotations["prometheus.io/port"],
      "/metrics",
    );
    for (const {
      external: { metric, target },
    } of spec.metrics) {
      for (const { key, values } of metric.selector.matchExpressions) {
        for (const value of values.filter(
          (one) => !text.includes(`\n${metric.name}{${key}="${one}"}`),
        )) {
          findings.push(
            `${metadata.name}: the gateway has no metric ${metric.name}{${key}="${value}"}`,
          );
        }
      }
      const slots = environmentOf(pod.container, pod.name, objects, kUnknownSecret).ZKP_SLOTS;
      if (target.averageValue !== slots)
        findings.push(`${metadata.name}: a worker has ${slots} slots, not ${target.averageValue}`);
    }
  }
  return findings;
}
