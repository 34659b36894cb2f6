// The network in one process: what it answers over HTTP, judged by snarkjs, circomlibjs and solc.
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { buildPoseidon } from "circomlibjs";
import * as snarkjs from "snarkjs";
import { check, file, zkpProgram } from "./tools.mjs";
import { compileVerifier } from "./solidity.mjs";

// Starts `zkp dev` on a free port; its address once it says that it listens.
async function start(dataDir) {
  const child = spawn(zkpProgram, ["dev", "--data-dir", dataDir, "--listen", "127.0.0.1:0"]);
  child.stderr.resume();
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line);
    if (address) return { child, url: address[0] };
  }
  throw new Error("zkp dev ended before it listened");
}

async function prove(url, body) {
  const accepted = await fetch(`${url}/api/v1/proof`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(accepted.status, 202, await accepted.clone().text());
  const { task_id: id } = await accepted.json();
  const task = await (await fetch(`${url}/api/v1/proof/${id}?wait=60s`)).json();
  assert.equal(task.status, "completed", JSON.stringify(task));
  return task;
}

async function judge(url, task) {
  const key = await (await fetch(url + task.verification_key)).json();
  const { proof, public_signals: signals } = task.result;
  assert.equal(task.result.verified, true);
  assert.ok(await snarkjs.groth16.verify(key, signals, proof), "snarkjs refuses the proof");
  const wrong = [...signals];
  wrong[0] = (BigInt(wrong[0]) + 1n).toString();
  assert.ok(!(await snarkjs.groth16.verify(key, wrong, proof)));
  const verifier = await fetch(url + task.verification_key.replace("verification_key.json", "verifier.sol"));
  compileVerifier(await verifier.text(), signals.length);
}

async function merkleRoot(texts) {
  const { createHash } = await import("node:crypto");
  const poseidon = await buildPoseidon();
  const element = (text) =>
    /^\d+$/.test(text)
      ? BigInt(text)
      : BigInt("0x" + createHash("sha256").update(text).digest("hex").slice(0, 62));
  let nodes = texts.map(element);
  while (nodes.length < 2 || (nodes.length & (nodes.length - 1)) !== 0) nodes.push(0n);
  while (nodes.length > 1) {
    nodes = Array.from({ length: nodes.length / 2 }, (_, i) =>
      BigInt(poseidon.F.toString(poseidon([nodes[2 * i], nodes[2 * i + 1]]))));
  }
  return nodes[0].toString();
}

const requests = [
  { circuit_type: "test", public_inputs: ["1"] },
  { circuit_type: "merkle_proof", inputs: { leaves: ["10", "20", "30"], leaf_index: "2" } },
  { circuit_type: "range_proof", inputs: { value: "21", salt: "77", min: "18", max: "99" } },
  { circuit_type: "addition", inputs: { a: "2", b: "3", sum: "5" } },
  { circuit_type: "poseidon_preimage", inputs: { preimage: ["1", "2", "3"] } },
];

export async function checkNetwork() {
  const { child, url } = await start(file("dev"));
  try {
    await check("a Merkle tree proved over HTTP: snarkjs accepts it, circomlibjs finds its root", async () => {
      const leaves = { public_inputs: ["1", "2", "3"], private_inputs: ["secret1", "secret2"] };
      const task = await prove(url, { circuit_type: "merkle_tree", ...leaves });
      await judge(url, task);
      const root = await merkleRoot([...leaves.public_inputs, ...leaves.private_inputs]);
      assert.deepEqual(task.result.public_signals, [root, "1", "2", "3"]);
    });
    for (const request of requests) {
      await check(`${request.circuit_type} proved over HTTP: snarkjs accepts it`, async () => {
        await judge(url, await prove(url, request));
      });
    }
  } finally {
    child.kill("SIGTERM");
    const [code] = await once(child, "exit");
    assert.equal(code, 0, `zkp dev ended with status ${code}`);
  }
}
