// Running zkp, counting checks, and paths below the scratch folder.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const zkpProgram = process.env.ZKP ?? "build/release/bin/zkp";
if (!existsSync(zkpProgram)) throw new Error(`there is no ${zkpProgram}; build it, or set ZKP`);

let folder = "";
export const useFolder = (path) => {
  folder = path;
};
export const file = (name) => join(folder, name);
export const readJson = (name) => JSON.parse(readFileSync(file(name), "utf8"));

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
export const summary = () => checks;

// snarkjs keeps worker threads in a global curve, which would keep the process alive.
export async function stopCurves() {
  if (globalThis.curve_bn128) await globalThis.curve_bn128.terminate();
}
