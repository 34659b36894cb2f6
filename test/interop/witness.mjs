// Witnesses and whole proofs of circom's circuits, from their .wasm and inputs.
import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { buildEddsa, newMemEmptyTrie } from "circomlibjs";
import * as snarkjs from "snarkjs";
import { check, circuitPath, compileCircuit, file, readJson, zkp, zkpOk } from "./tools.mjs";

async function eddsaInputs() {
  const eddsa = await buildEddsa();
  const { F } = eddsa.babyJub;
  const key = Buffer.alloc(32, 7);
  const message = F.e(1234567890n);
  const signature = eddsa.signPoseidon(key, message);
  const [Ax, Ay] = eddsa.prv2pub(key);
  const [R8x, R8y] = signature.R8;
  return {
    enabled: 1, S: String(signature.S),
    ...Object.fromEntries(Object.entries({ Ax, Ay, R8x, R8y, M: message }).map(([k, v]) => [k, F.toString(v)])),
  };
}

// That a key is in a tree of three.
async function smtInputs() {
  const levels = 10;
  const tree = await newMemEmptyTrie();
  const { F } = tree;
  for (const key of [7n, 23n, 1000n]) await tree.insert(key, key * 100n);
  const found = await tree.find(23n);
  const siblings = found.siblings.map((each) => F.toString(each));
  while (siblings.length < levels) siblings.push("0");
  return {
    enabled: 1, fnc: 0, root: F.toString(tree.root), siblings, oldKey: 0, oldValue: 0, isOld0: 0, key: 23, value: 2300,
  };
}

const bitsOf = (text) => [...Buffer.from(text)].flatMap((byte) => Array.from({ length: 8 }, (_, i) => (byte >> (7 - i)) & 1));

// Of each circuit: inputs, and how they are made wrong: what changes, and what circom says of it.
const circuits = {
  poseidon: { inputs: { inputs: [1, "2", "0x3"] }, wrong: { inputs: [1, 2] }, says: /input inputs has 2 values, want 3/ },
  mimc: { inputs: { in: [5, 6], k: "7" }, wrong: { key: 1 }, says: /the circuit has no input key/ },
  eddsa: { inputs: eddsaInputs, wrong: { M: 1 }, says: /Assert Failed\. Error in template ForceEqualIfEnabled_\d+ line: \d+/ },
  sha256: { inputs: { in: bitsOf("zkpproof") }, wrong: { in: bitsOf("zkpproof").with(9, -1) }, says: /\/in\/9: want a number/ },
  smt: { inputs: smtInputs, wrong: { value: 2301 }, says: /Assert Failed\. Error in template ForceEqualIfEnabled_\d+ line: \d+/ },
  comparators: {
    inputs: { value: 21, low: 18, high: 99 }, wrong: { low: 100 }, says: /Assert Failed\. Error in template Between_\d+ line: 17/,
    logs: "value 21 of 18 to 99\n",
  },
};

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
    const inputs = typeof circuit.inputs === "function" ? await circuit.inputs() : circuit.inputs;
    await checkWitness(name, wasm, r1cs, { ...circuit, inputs });
    await checkFullProof(name, wasm, r1cs);
  }
  await check("SHA-256 by circom's circuit is SHA-256", () => {
    const bits = readJson("sha256.public.json").slice(0, 256).join("");
    assert.equal(BigInt(`0b${bits}`), BigInt(`0x${createHash("sha256").update("zkpproof").digest("hex")}`));
  });
}
