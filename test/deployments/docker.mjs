// Dockerfiles and compose files: what they say of a program must be so.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { kPrograms } from "./programs.mjs";
import { settingFindings } from "./rules.mjs";

// `served`: {program: Set of 'PORT' and 'PORT/path'}, of the ports inside a container.

function composeFindings(file, text, programs, served) {
  const findings = [];
  for (const [name, service] of Object.entries(parse(text, { merge: true }).services ?? {})) {
    const program = service.image?.replace(/.*\//, "").replace(/[:@].*/, "");
    if (!kPrograms.includes(program) || service.entrypoint) continue;
    const where = `${file}: ${name}`;
    const list = service.environment ?? {};
    const variables = Array.isArray(list)
      ? Object.fromEntries(list.map((one) => one.split("=")))
      : list;
    const words = [service.command ?? []].flat().flatMap((one) => String(one).split(" "));
    findings.push(...settingFindings(where, program, variables, words, programs));
    for (const published of service.ports ?? []) {
      const port = String(published).split(":").at(-1);
      if (!served[program].has(port))
        findings.push(`${where}: ${program} does not listen on ${port}`);
    }
  }
  return findings;
}

function dockerfileFindings(file, text, programs, served) {
  const findings = [];
  for (const stage of text.split(/^(?=FROM )/m)) {
    const program = stage.match(/ AS (\S+)/)?.[1];
    if (!kPrograms.includes(program)) continue;
    const where = `${file}: ${program}`;
    const variables = Object.fromEntries(
      [...stage.matchAll(/^ENV\s+(ZKP_\w+)=/gm)].map(([, name]) => [name, ""]),
    );
    const known = Object.keys(variables).filter((name) => !programs[program].variables.has(name));
    findings.push(...known.map((name) => `${where} reads no ${name}`));
    for (const port of stage.match(/^EXPOSE (.*)/m)?.[1].split(" ") ?? []) {
      if (!served[program].has(port)) findings.push(`${where} does not listen on ${port}`);
    }
    // By curl or the like, or by `health PORT`, which asks for /health.
    const checked = stage.match(/^HEALTHCHECK .*/m)?.[0] ?? "";
    const [, port, path] =
      checked.match(/http:\/\/[^/]+:(\d+)(\/[a-z/]*)/) ??
      checked.match(/"health", "(\d+)(")/) ??
      [];
    const wanted = `${port}${path === '"' ? "/health" : path}`;
    if (checked && !served[program].has(wanted))
      findings.push(`${where} does not serve ${wanted}, as HEALTHCHECK has it`);
  }
  return findings;
}

export function dockerFindings(folder, programs, served) {
  return readdirSync(folder).flatMap((file) => {
    const text = () => readFileSync(join(folder, file), "utf8");
    if (/\.ya?ml$/.test(file)) return composeFindings(file, text(), programs, served);
    if (/Dockerfile/.test(file)) return dockerfileFindings(file, text(), programs, served);
    return [];
  });
}
