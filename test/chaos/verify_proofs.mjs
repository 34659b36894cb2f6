// Reads {id, key, proof, signals}, one JSON object a line; writes "id true" or "id false" for each, by snarkjs.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const require = createRequire(new URL("../interop/package.json", import.meta.url));
const snarkjs = require("snarkjs");

for await (const line of createInterface({ input: process.stdin })) {
  const { id, key, proof, signals } = JSON.parse(line);
  const valid = await snarkjs.groth16.verify(key, signals, proof).catch((error) => error.message);
  console.log(`${id} ${valid}`);
}
// snarkjs keeps worker threads in a global curve, which would keep the process alive.
if (globalThis.curve_bn128) await globalThis.curve_bn128.terminate();
