// Running zkp, counting checks, and paths below the scratch folder.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

export const zkpProgram = process.env.ZKP ?? "build/release/bin/zkp";
if (!existsSync(zkpProgram)) throw new Error(`there is no ${zkpProgram}; build it, or set ZKP`);

let folder = "";
export const file = (name) => join(folder, name);
export const readJson = (name) => JSON.parse(readFileSync(file(name), "utf8"));

// A circuit of circuits/.
export const circuitPath = (name) => join(import.meta.dirname, "circuits", `${name}.circom`);

// Makes NAME.r1cs and NAME_js/NAME.wasm in the scratch folder. circom sees only files below the folder it runs in, and
// has circomlib in that one.
export function compileCircuit(path) {
  const compiler = require.resolve("circom2/cli.js");
  const libraries = join(dirname(require.resolve("circomlib/package.json")), "..");
  const args = [compiler, path, "--r1cs", "--wasm", "-o", file("."), "-l", libraries];
  const result = spawnSync(process.execPath, args, { encoding: "utf8", cwd: libraries });
  if (result.status !== 0) throw new Error(`circom: ${result.stdout}${result.stderr}`);
}

// Arguments that name files of the scratch folder are given by file().
export function zkp(...args) {
  const result = spawnSync(zkpProgram, args, { encoding: "utf8" });
  if (result.error) throw result.error;
  return result;
}
// With the kernels that `name` says, or nothing if this CPU cannot run them.
export function zkpWithKernels(name, ...args) {
  const result = spawnSync(zkpProgram, args, { encoding: "utf8", env: { ...process.env, ZKP_KERNELS: name } });
  if (result.error) throw result.error;
  if (result.stderr.includes("this one lacks it")) return null;
  assert.equal(result.status, 0, `zkp ${args.join(" ")}: ${result.stderr}`);
  return result;
}
export function zkpOk(...args) {
  const result = zkp(...args);
  assert.equal(result.status, 0, `zkp ${args.join(" ")}: ${result.stderr}`);
  return result.stdout;
}

let checks = 0;
export async function check(what, body) {
  try {
    await body();
  } catch (error) {
    error.message = `${what}: ${error.message}`;
    throw error;
  }
  checks += 1;
  console.log(`ok ${what}`);
}

// Runs the checks in a scratch folder, says how many there were, and ends the process: with status 1 at the first that
// fails.
export async function runChecks(name, body) {
  folder = mkdtempSync(join(tmpdir(), `zkp-${name}-`));
  let status = 1;
  try {
    await body();
    console.log(`${name}: ${checks} checks passed`);
    status = 0;
  } catch (error) {
    console.log(`FAILED ${error.stack ?? error}`);
  } finally {
    // snarkjs keeps worker threads in a global curve, which would keep the process alive.
    if (globalThis.curve_bn128) await globalThis.curve_bn128.terminate();
    rmSync(folder, { recursive: true, force: true });
  }
  process.exit(status);
}
