#!/usr/bin/env node
// Holds deployments/ against Kubernetes' schema and against the programs: renders each overlay, checks every object,
// starts the pods' programs with the manifests' own settings, and asks them on the manifests' ports and paths. The same
// for systemd's units and for what deployments/docker names. A line for each check; ends with status 1 if one fails.
//
//   test/deployments/check.mjs [DEPLOYMENTS]     default: deployments/ of this tree
//
// The programs are those of ZKP_BIN_DIR, or of build/release/bin. Needs the npm packages of this folder, and root for
// namespaces of its own: without, the programs are not run. No network.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { dockerFindings } from "./docker.mjs";
import { Live } from "./live.mjs";
import { readYaml, render, schemaFindings } from "./manifests.mjs";
import { podsOf } from "./pods.mjs";
import { readPrograms } from "./programs.mjs";
import { liveFindings, manifestFindings } from "./rules.mjs";
import { unitFindings } from "./units.mjs";

export const top = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const bin = process.env.ZKP_BIN_DIR ?? join(top, "build/release/bin");
export const overlays = ["staging", "production"];

// With the first start's ConfigMap, as a new cluster gets it.
export function readOverlay(deployments, overlay) {
  const folder = join(deployments, "kubernetes");
  return [...render(join(folder, "overlays", overlay)), readYaml(join(folder, "bootstrap.yaml"))];
}

// True in namespaces of our own: runs this program again to get there. False for a user who may not.
export function isIsolated() {
  if (process.env.ZKP_ISOLATED) return true;
  const options = "--net --mount --pid --fork --mount-proc --kill-child".split(" ");
  if (spawnSync("unshare", [...options, "true"]).status !== 0) return false;
  const words = [...options, process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const environment = { ...process.env, ZKP_ISOLATED: "1" };
  process.exit(spawnSync("unshare", words, { stdio: "inherit", env: environment }).status ?? 1);
}

// {program: Set of 'PORT' and 'PORT/path'}
export async function servedPaths(objects, live) {
  const served = {};
  for (const { name, program, container } of podsOf(objects)) {
    served[program] = new Set();
    for (const { containerPort } of container.ports) {
      if (await live.listens(name, containerPort)) served[program].add(`${containerPort}`);
      for (const path of ["/health", "/ready", "/metrics"]) {
        if ((await live.get(name, containerPort, path)).status === 200)
          served[program].add(`${containerPort}${path}`);
      }
    }
  }
  return served;
}

// Metrics that the text names and no program has.
async function metricFindings(file, objects, live) {
  let known = "";
  for (const { name, annotations } of podsOf(objects)) {
    known += (
      await live.get(name, annotations["prometheus.io/port"], annotations["prometheus.io/path"])
    ).text;
  }
  const named = new Set(readFileSync(file, "utf8").match(/\bzkp_[a-z_]+/g));
  return [...named]
    .filter((name) => !["zkp_user", "zkp_network"].includes(name))
    .filter(
      (name) =>
        !new RegExp(`^# TYPE ${name.replace(/_(bucket|count|sum)$/, "")} `, "m").test(known),
    )
    .map((name) => `no program has the metric ${name}`);
}

let checks = 0;
let failures = 0;
let skipped = 0;
function report(what, findings) {
  ++checks;
  if (findings.length > 0) ++failures;
  for (const finding of findings) console.log(`FAILED ${what}: ${finding}`);
  if (findings.length === 0) console.log(`ok ${what}`);
}

async function checkLive(deployments, overlay, objects, programs) {
  const what = `${overlay}: the programs run with these settings, and answer each probe`;
  const live = new Live(top, bin);
  try {
    await live.start(objects);
    report(what, await liveFindings(objects, live));
    const guide = join(top, "docs/PRODUCTION_DEPLOYMENT.md");
    report("the guide names real metrics", await metricFindings(guide, objects, live));
    const docker = join(deployments, "docker");
    if (!existsSync(docker)) return;
    const served = await servedPaths(objects, live);
    report("docker: settings, ports and paths", dockerFindings(docker, programs, served));
  } catch (error) {
    report(what, [error.message]);
  } finally {
    await live.stop();
  }
}

async function checkOverlay(deployments, overlay, programs, isolated) {
  const objects = readOverlay(deployments, overlay);
  const findings = objects.flatMap(schemaFindings);
  report(`${overlay}: the schema knows all of ${objects.length} objects`, findings);
  const misfits = manifestFindings(objects, programs);
  report(`${overlay}: settings, ports, policies and budgets fit the programs`, misfits);
  if (isolated) return checkLive(deployments, overlay, objects, programs);
  ++skipped;
  console.log(`SKIPPED ${overlay}: running the programs with these settings wants root`);
}

async function main(isolated) {
  const deployments = resolve(process.argv[2] ?? join(top, "deployments"));
  const programs = readPrograms(bin);
  for (const overlay of overlays) await checkOverlay(deployments, overlay, programs, isolated);
  const { findings, exposure } = unitFindings(join(deployments, "systemd"), programs, bin);
  const scores = Object.entries(exposure).map(([unit, score]) => `${unit} ${score}`);
  report(`systemd: units verify, and fit the programs (exposure: ${scores.join(", ")})`, findings);
  console.log(`check: ${checks} checks, ${failures} failed, ${skipped} skipped`);
  process.exit(failures > 0 ? 1 : 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv[2] === "--help" || process.argv[2] === "-h") {
    const lines = readFileSync(process.argv[1], "utf8").split("\n").slice(1, 9);
    console.log(lines.map((line) => line.replace(/^\/\/ ?/, "")).join("\n"));
    process.exit(0);
  }
  await main(isIsolated());
}
