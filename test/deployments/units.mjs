// systemd's units and the settings beside them.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { settingFindings } from "./rules.mjs";

// systemd-analyze's scale: 0 is nothing exposed, 10 all. Ours have 1.1.
const kMostExposure = 1.5;

// {name: [values]}
function readUnit(file) {
  const values = {};
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const [, name, value] = line.match(/^([A-Za-z]+)=(.*)$/) ?? [];
    if (name) (values[name] ??= []).push(value);
  }
  return values;
}

export function readEnvironmentFile(file) {
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => /^[A-Z_]+=/.test(line));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

function serviceFindings(folder, file, programs) {
  const unit = readUnit(join(folder, file));
  const [command, ...words] = unit.ExecStart[0].split(" ");
  const program = basename(command);
  const environment = readEnvironmentFile(join(folder, basename(unit.EnvironmentFile[0])));
  const findings = settingFindings(file, program, environment, words, programs);
  const defaults = programs[program]?.defaults ?? {};
  const drain = Number(environment.ZKP_DRAIN_GRACE_S ?? defaults.ZKP_DRAIN_GRACE_S ?? 0);
  const stop = Number(unit.TimeoutStopSec[0]);
  if (stop <= drain) findings.push(`${file}: TimeoutStopSec ${stop}, want over ${drain}`);
  if (unit.Restart?.[0] !== "always") findings.push(`${file}: want Restart=always`);
  const state = `/var/lib/${unit.StateDirectory?.[0]}`;
  const data = environment.ZKP_DATA_DIR ?? defaults.ZKP_DATA_DIR;
  if (data && data !== state)
    findings.push(`${file}: StateDirectory is ${state}, and ${program} writes to ${data}`);
  return findings;
}

function socketFindings(folder, file, programs) {
  const listens = readUnit(join(folder, file)).ListenStream[0];
  const wanted =
    readEnvironmentFile(join(folder, "api-gateway.env")).ZKP_LISTEN ??
    programs["zkp-api-gateway"].defaults.ZKP_LISTEN;
  return listens === wanted
    ? []
    : [`${file}: ListenStream ${listens}, and zkp-api-gateway listens on ${wanted}`];
}

// Both of its outputs: it tells some mistakes on one and succeeds all the same.
function said(command, args) {
  const { stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  return `${stdout}${stderr}`.trim();
}

// {findings, exposure: by unit}
function analyzed(folder, files, bin) {
  const copy = mkdtempSync(join(tmpdir(), "zkp-units-"));
  cpSync(folder, copy, { recursive: true });
  const findings = [];
  const exposure = {};
  for (const file of files) {
    const path = join(copy, file);
    writeFileSync(path, readFileSync(path, "utf8").replaceAll("/usr/bin/", `${bin}/`));
  }
  const verified = said("systemd-analyze", [
    "verify",
    "--man=no",
    ...files.map((file) => join(copy, file)),
  ]);
  if (verified) findings.push(`systemd-analyze verify: ${verified}`);
  for (const file of files.filter((name) => name.endsWith(".service"))) {
    const text = said("systemd-analyze", [
      "security",
      "--offline=yes",
      "--no-pager",
      join(copy, file),
    ]);
    exposure[file] = Number(text.match(/exposure level for .*: ([\d.]+)/)?.[1]);
    if (!(exposure[file] <= kMostExposure))
      findings.push(`${file}: exposure ${exposure[file]}, want ${kMostExposure}`);
  }
  rmSync(copy, { recursive: true });
  return { findings, exposure };
}

export function unitFindings(folder, programs, bin) {
  const files = readdirSync(folder).filter((file) => /\.(service|socket)$/.test(file));
  const { findings, exposure } = analyzed(folder, files, bin);
  for (const file of files) {
    findings.push(
      ...(file.endsWith(".service") ? serviceFindings : socketFindings)(folder, file, programs),
    );
  }
  return { findings, exposure };
}
