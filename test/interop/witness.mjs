// Witnesses and whole proofs of circom's circuits, from their .wasm and inputs.
import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import * as snarkjs from "snarkjs";
import { circuits, inputsOf } from "./circuits.mjs";
import { check, circuitPath, compileCircuit, file, readJson, zkp, zkpOk } from "./tools.mjs";

const write = (name, value) => {
  writeFileSync(file(name), JSON.stringify(value));
  return file(name);
};

async function checkWitness(name, wasm, r1cs, { inputs, wrong, says, logs = "" }) {
  const input = write(`${name}.json`, inputs);
  const [ours, theirs] = [file(`${name}.wtns`), file(`${name}-snarkjs.wtns`)];
  await check(`${name}: zkp calculates the witness that snarkjs does, byte for byte`, async () => {
    const result = zkp("wtns", "calculate", wasm, input, ours);
    assert.equal(result.status, 0, result.stderr);
    assert.equal(result.stderr, logs);
    await snarkjs.wtns.calculate(inputs, wasm, theirs);
    assert.ok(readFileSync(ours).equals(readFileSync(theirs)));
  });
  await check(`${name}: zkp and snarkjs accept it, and zkp refuses it with a bit changed`, async () => {
    zkpOk("wtns", "check", r1cs, ours);
    assert.ok(await snarkjs.wtns.check(r1cs, ours));
    const bytes = readFileSync(ours);
    bytes[76 + 32] ^= 1; // wire 1
    writeFileSync(file("changed.wtns"), bytes);
    const result = zkp("wtns", "check", r1cs, file("changed.wtns"));
    assert.equal(result.status, 1);
    assert.match(result.stderr, /constraint/);
  });
  await check(`${name}: wrong inputs are refused as circom says it`, () => {
    const result = zkp("wtns", "calculate", wasm, write("wrong.json", { ...inputs, ...wrong }), file("no.wtns"));
    assert.equal(result.status, 1, result.stderr);
    assert.match(result.stderr, says);
  });
}

async function checkFullProof(name, wasm, r1cs) {
  const [key, proof, signals] = ["zkey", "proof.json", "public.json"].map((end) => `${name}.${end}`);
  zkpOk("groth16", "setup", r1cs, file(key));
  const verificationKey = await snarkjs.zKey.exportVerificationKey(file(key));
  await check(`${name}: snarkjs verifies the proof that zkp makes from inputs`, async () => {
    zkpOk("groth16", "fullprove", file(`${name}.json`), wasm, file(key), file(proof), file(signals));
    assert.ok(await snarkjs.groth16.verify(verificationKey, readJson(signals), readJson(proof)));
  });
}

export async function checkWitnesses() {
  for (const [name, circuit] of Object.entries(circuits)) {
    compileCircuit(circuitPath(name));
    const [wasm, r1cs] = [file(`${name}_js/${name}.wasm`), file(`${name}.r1cs`)];
    const inputs = await inputsOf(name);
    await checkWitness(name, wasm, r1cs, { ...circuit, inputs });
    await checkFullProof(name, wasm, r1cs);
  }
  await check("SHA-256 by circom's circuit is SHA-256", () => {
    const bits = readJson("sha256.public.json").slice(0, 256).join("");
    assert.equal(BigInt(`0b${bits}`), BigInt(`0x${createHash("sha256").update("zkpproof").digest("hex")}`));
  });
}
