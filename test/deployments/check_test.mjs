// The check itself: each deliberate mistake must be found, and named. The programs run once, with the settings as they
// are, and a copy of deployments/ with one mistake is held against them.
//
//   node --test test/deployments/check_test.mjs
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { bin, isIsolated, overlays, readOverlay, servedPaths, top } from "./check.mjs";
import { dockerFindings } from "./docker.mjs";
import { Live } from "./live.mjs";
import { schemaFindings } from "./manifests.mjs";
import { readPrograms } from "./programs.mjs";
import { liveFindings, manifestFindings } from "./rules.mjs";
import { unitFindings } from "./units.mjs";

if (!isIsolated()) {
  console.log("SKIPPED the check's own test: want root, to run the programs");
  process.exit(0);
}

const programs = readPrograms(bin);
const live = new Live(top, bin);
let served;
before(async () => {
  const objects = readOverlay(join(top, "deployments"), overlays[0]);
  await live.start(objects);
  served = await servedPaths(objects, live);
});
after(() => live.stop());

async function manifestsSay(deployments) {
  const objects = readOverlay(deployments, overlays[0]);
  return [
    ...objects.flatMap(schemaFindings),
    ...manifestFindings(objects, programs),
    ...(await liveFindings(objects, live)),
  ];
}
const unitsSay = (deployments) =>
  unitFindings(join(deployments, "systemd"), programs, bin).findings;

// finds(NAME, FILE, TEXT, MISTAKE, FINDING, say): with the first TEXT of the file replaced.
function finds(name, file, text, mistake, finding, say = manifestsSay) {
  test(name, async () => {
    const copy = mkdtempSync(join(tmpdir(), "zkp-deployments-"));
    try {
      cpSync(join(top, "deployments"), copy, { recursive: true });
      const path = join(copy, file);
      const before = readFileSync(path, "utf8");
      assert.ok(before.includes(text), `${file} has no '${text}'`);
      writeFileSync(path, before.replace(text, mistake));
      const findings = await say(copy);
      assert.ok(
        findings.some((one) => finding.test(one)),
        `found only: ${findings.join("; ") || "nothing"}`,
      );
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
}

test("as they are, nothing is found", async () => {
  assert.deepEqual(await manifestsSay(join(top, "deployments")), []);
  assert.deepEqual(unitsSay(join(top, "deployments")), []);
});

const base = "kubernetes/base";
finds(
  "a wrong probe path",
  `${base}/api-gateway.yaml`,
  "path: /ready",
  "path: /readyz",
  /startupProbe \/readyz.*status 404/,
);
finds(
  "a probe on a port that nobody serves",
  `${base}/worker.yaml`,
  "httpGet: {port: http, path: /ready}",
  "httpGet: {port: 8101, path: /ready}",
  /readinessProbe \/ready on port 8101: status none/,
);
finds(
  "a wrong containerPort",
  `${base}/coordinator.yaml`,
  "containerPort: 9090",
  "containerPort: 9091",
  /nobody listens on containerPort 9091/,
);
finds(
  "a port that the program is not told of",
  `${base}/worker.yaml`,
  "value: 0.0.0.0:8100",
  "value: 0.0.0.0:8101",
  /containerPorts 8100, but it is told to listen on 8101/,
);
finds(
  "a port that a policy forgot",
  `${base}/network-policies.yaml`,
  "{protocol: TCP, port: 9090}",
  "{protocol: TCP, port: 9099}",
  /worker-x cannot reach coordinator-1 on port 9090/,
);
finds(
  "a policy that lets anybody in",
  `${base}/network-policies.yaml`,
  '              zkp-network/client: "true"',
  "              kubernetes.io/metadata.name: default",
  /"default".* can reach api-gateway-x on port 8080/,
);
finds(
  "a Service on a port that its pods lack",
  `${base}/api-gateway.yaml`,
  "targetPort: http",
  "targetPort: https",
  /its pods have no port https/,
);
finds(
  "an unknown variable",
  `${base}/worker.yaml`,
  "name: ZKP_DRAIN_GRACE_S",
  "name: ZKP_DRAIN_GRACE",
  /reads no ZKP_DRAIN_GRACE$/,
);
finds(
  "an unknown flag",
  `${base}/worker.yaml`,
  "image: zkp-worker",
  "image: zkp-worker\n          args: [--turbo]",
  /zkp-worker has no flag --turbo/,
);
finds(
  "a setting that is missing",
  `${base}/api-gateway.yaml`,
  "name: ZKP_DATABASE",
  "name: DATABASE",
  /zkp-api-gateway needs ZKP_DATABASE/,
);
finds(
  "a field that the schema does not know",
  `${base}/coordinator.yaml`,
  "minReadySeconds",
  "minimumReadySeconds",
  /unknown field \/spec\/minimumReadySeconds/,
);
finds(
  "a value that the schema does not take",
  `${base}/coordinator.yaml`,
  "Parallel",
  "AtOnce",
  /podManagementPolicy/,
);
finds(
  "a metric that nobody has",
  `${base}/worker-autoscaler.yaml`,
  "name: zkp_tasks",
  "name: zkp_jobs",
  /no metric zkp_jobs/,
);
finds(
  "a grace shorter than the drain",
  `${base}/worker.yaml`,
  "terminationGracePeriodSeconds: 660",
  "terminationGracePeriodSeconds: 60",
  /terminationGracePeriodSeconds 60, want over 600/,
);
finds(
  "a container that may write its root",
  `${base}/worker.yaml`,
  "readOnlyRootFilesystem: true",
  "readOnlyRootFilesystem: false",
  /worker may write its root/,
);
finds(
  "an address that nobody has",
  `${base}/kustomization.yaml`,
  "coordinator-3.coordinator:9090",
  "coordinator-4.coordinator:9090",
  /names coordinator-4.coordinator:9090/,
);

finds(
  "a unit with an unknown flag",
  "systemd/zkp-worker.service",
  "ExecStart=/usr/bin/zkp-worker",
  "ExecStart=/usr/bin/zkp-worker --turbo",
  /zkp-worker has no flag --turbo/,
  unitsSay,
);
finds(
  "a unit with an unknown variable",
  "systemd/worker.env",
  "ZKP_DRAIN_GRACE_S",
  "ZKP_DRAIN",
  /reads no ZKP_DRAIN$/,
  unitsSay,
);
finds(
  "a unit that systemd does not understand",
  "systemd/zkp-coordinator.service",
  "ProtectSystem=strict",
  "ProtectSystem=very",
  /systemd-analyze verify.*protect system/s,
  unitsSay,
);
finds(
  "a unit that is exposed",
  "systemd/zkp-worker.service",
  "NoNewPrivileges=yes",
  "NoNewPrivileges=no\nUser=root",
  /zkp-worker.service: exposure/,
  unitsSay,
);
finds(
  "a socket on another port",
  "systemd/zkp-api-gateway.socket",
  "127.0.0.1:8080",
  "127.0.0.1:8081",
  /ListenStream 127.0.0.1:8081/,
  unitsSay,
);

function dockerSays(file, text) {
  const folder = mkdtempSync(join(tmpdir(), "zkp-docker-"));
  writeFileSync(join(folder, file), text);
  const findings = dockerFindings(folder, programs, served);
  rmSync(folder, { recursive: true });
  return findings;
}
const dockerfile = (lines) => `FROM x AS builder\nRUN y\nFROM z AS zkp-coordinator\n${lines}\n`;
const compose = (lines) => `services:\n  one:\n    image: zkp-worker:1\n    ${lines}\n`;
test("Docker: nothing is found where all is right", () => {
  const right =
    "ENV ZKP_LOG_JSON=true\nEXPOSE 7000 8090\nHEALTHCHECK CMD curl -f http://127.0.0.1:8090/health";
  assert.deepEqual(dockerSays("Dockerfile", dockerfile(right)), []);
  assert.deepEqual(dockerSays("Dockerfile", dockerfile('HEALTHCHECK CMD ["health", "8090"]')), []);
  assert.deepEqual(
    dockerSays("compose.yml", compose('command: [--id, worker-1]\n    ports: ["8101:8100"]')),
    [],
  );
});
test("Docker: a wrong path, port, flag and variable", () => {
  const wrong = [
    [
      "Dockerfile",
      dockerfile("HEALTHCHECK CMD curl -f http://127.0.0.1:8090/healthz"),
      /serve 8090\/healthz/,
    ],
    ["Dockerfile", dockerfile('HEALTHCHECK CMD ["health", "8091"]'), /serve 8091\/health/],
    ["Dockerfile", dockerfile("EXPOSE 8099"), /listen on 8099/],
    ["Dockerfile", dockerfile("ENV ZKP_TURBO=1"), /reads no ZKP_TURBO/],
    ["compose.yml", compose("command: [--turbo, x]"), /no flag --turbo/],
    ["compose.yml", compose("environment: {ZKP_TURBO: 1}"), /reads no ZKP_TURBO/],
    ["compose.yml", compose('ports: ["127.0.0.1:8100:8099"]'), /listen on 8099/],
  ];
  for (const [file, text, finding] of wrong) assert.match(String(dockerSays(file, text)), finding);
});
