// Files and proofs, in both directions.
import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import * as snarkjs from "snarkjs";
import { check, file, readJson, zkp, zkpOk, zkpWithKernels } from "./tools.mjs";

const verifies = (key, signals, proof) => snarkjs.groth16.verify(key, signals, proof);

function write(name, value) {
  writeFileSync(file(name), JSON.stringify(value));
  return file(name);
}

function zkpVerifies(key, signals, proof) {
  const args = [write("vk.json", key), write("s.json", signals), write("p.json", proof)];
  const result = zkp("groth16", "verify", ...args);
  assert.ok(result.status === 0 || result.status === 1, `status ${result.status}: ${result.stderr}`);
  return result.status === 0;
}

// Every text of a decimal number in `value`, with a function that replaces it in a copy.
function* numbersIn(value, replace = (changed) => changed) {
  if (typeof value === "string") {
    if (/^\d+$/.test(value)) yield { text: value, replace };
    return;
  }
  for (const [index, part] of Object.entries(value)) {
    const put = (changed) => {
      const copy = structuredClone(value);
      copy[index] = changed;
      return replace(copy);
    };
    yield* numbersIn(part, put);
  }
}

// The number with another digit at `position`.
function changeDigit(text, position) {
  const digit = (Number(text[position]) + 1) % 10;
  return text.slice(0, position) + digit + text.slice(position + 1);
}

async function checkEveryDigit(name, value, judge) {
  let count = 0;
  for (const { text, replace } of numbersIn(value)) {
    for (let position = 0; position < text.length; position += 1) {
      const changed = changeDigit(text, position);
      if (BigInt(changed) === BigInt(text)) continue;
      const { ours, theirs } = await judge(replace(changed));
      assert.ok(!ours, `zkp accepts ${name} with ${text} as ${changed}`);
      assert.ok(!theirs, `snarkjs accepts ${name} with ${text} as ${changed}`);
      count += 1;
    }
  }
  assert.ok(count > 0);
}

// The sections of a file by their number; snarkjs writes them in another order in each command.
function sectionsOf(name) {
  const bytes = readFileSync(file(name));
  const sections = {};
  for (let offset = 12; offset < bytes.length;) {
    const size = Number(bytes.readBigUInt64LE(offset + 4));
    sections[bytes.readUInt32LE(offset)] = bytes.subarray(offset + 12, offset + 12 + size);
    offset += 12 + size;
  }
  return sections;
}

export async function checkFiles({ verificationKey, proof, publicSignals }) {
  await check("zkp verifies snarkjs' proof", () => {
    assert.ok(zkpVerifies(verificationKey, publicSignals, proof));
  });
  for (const kernels of ["portable", "adx", "avx512ifma"]) {
    const files = ["circuit.zkey", "circuit.wtns", `${kernels}.json`, `${kernels}-public.json`].map(file);
    if (!zkpWithKernels(kernels, "groth16", "prove", ...files)) {
      console.log(`skipped: this CPU lacks what ${kernels} needs`);
      continue;
    }
    await check(`snarkjs verifies zkp's proof by ${kernels}, with circom's witness and a ceremony's key`, async () => {
      assert.deepEqual(readJson(`${kernels}-public.json`), publicSignals);
      assert.ok(await verifies(verificationKey, readJson(`${kernels}-public.json`), readJson(`${kernels}.json`)));
    });
  }
  await check("a changed digit anywhere in the proof is refused by both", () =>
    checkEveryDigit("the proof", proof, async (changed) => ({
      ours: zkpVerifies(verificationKey, publicSignals, changed),
      theirs: await verifies(verificationKey, publicSignals, changed).catch(() => false),
    })));
  await check("a changed digit anywhere in the public signals is refused by both", () =>
    checkEveryDigit("the signals", publicSignals, async (changed) => ({
      ours: zkpVerifies(verificationKey, changed, proof),
      theirs: await verifies(verificationKey, changed, proof).catch(() => false),
    })));
  await check("zkp exports the verification key as snarkjs does, byte for byte", () => {
    zkpOk("zkey", "export", "verificationkey", file("circuit.zkey"), file("ours.json"));
    assert.equal(readFileSync(file("ours.json"), "utf8"), JSON.stringify(verificationKey, null, 1));
  });
  await check("zkp's calldata is snarkjs'", async () => {
    const args = [write("s.json", publicSignals), write("p.json", proof)];
    const ours = zkpOk("zkey", "export", "soliditycalldata", ...args);
    assert.equal(ours.trim(), await snarkjs.groth16.exportSolidityCallData(proof, publicSignals));
  });
  await check("zkp r1cs info agrees with snarkjs", async () => {
    const info = await snarkjs.r1cs.info(file("circuit.r1cs"));
    const text = zkpOk("r1cs", "info", file("circuit.r1cs"));
    for (const [label, count] of [
      ["Wires", info.nVars], ["Constraints", info.nConstraints], ["Private Inputs", info.nPrvInputs],
      ["Public Inputs", info.nPubInputs], ["Labels", info.nLabels], ["Outputs", info.nOutputs],
    ]) {
      assert.ok(text.includes(`# of ${label}: ${count}\n`), `${label} ${count} is not in: ${text}`);
    }
  });

  await check("the first key of a ceremony is snarkjs', each section byte for byte", () => {
    zkpOk("groth16", "setup", file("circuit.r1cs"), file("final.ptau"), file("ours.zkey"));
    assert.deepEqual(sectionsOf("ours.zkey"), sectionsOf("initial.zkey"));
  });
  await check("snarkjs zkey verify accepts it, and what a contribution makes of it", async () => {
    const accepts = (key) => snarkjs.zKey.verifyFromR1cs(file("circuit.r1cs"), file("final.ptau"), file(key));
    assert.ok(await accepts("ours.zkey"));
    await snarkjs.zKey.contribute(file("ours.zkey"), file("contributed.zkey"), "third", "entropy again");
    assert.ok(await accepts("contributed.zkey"));
  });
  for (const [what, key] of [["a contributed key", "contributed.zkey"], ["a development key", "development.zkey"]]) {
    await check(`${what} of zkp's works in snarkjs groth16 prove, and both verify`, async () => {
      if (key === "development.zkey") zkpOk("groth16", "setup", file("circuit.r1cs"), file(key));
      const made = await snarkjs.groth16.prove(file(key), file("circuit.wtns"));
      const vk = await snarkjs.zKey.exportVerificationKey(file(key));
      assert.ok(await verifies(vk, made.publicSignals, made.proof));
      assert.ok(zkpVerifies(vk, made.publicSignals, made.proof));
    });
  }
  await check("a witness that does not satisfy the circuit makes no proof", () => {
    const witness = readFileSync(file("circuit.wtns"));
    witness[witness.length - 32] ^= 1;
    writeFileSync(file("broken.wtns"), witness);
    const result = zkp("groth16", "prove", file("circuit.zkey"), file("broken.wtns"), file("no.json"), file("no2.json"));
    assert.equal(result.status, 1);
    assert.match(result.stderr, /does not satisfy/);
  });
}
