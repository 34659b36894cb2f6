// What a team that uses circom has in its folder: a compiled circuit, a witness, a powers-of-tau
// file and a ceremony's key, all made by circom and snarkjs. And ceremonies that zkp takes part in.
import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import * as snarkjs from "snarkjs";
import { check, compileCircuit, file, readJson, zkp, zkpOk } from "./tools.mjs";

const power = 10; // 1024 rows: Poseidon with two inputs and a few more constraints

const circuit = `
pragma circom 2.0.0;
include "circomlib/circuits/poseidon.circom";
include "circomlib/circuits/bitify.circom";
template Commitment() {
  signal input value;
  signal input salt;
  signal input label;
  signal output hash;
  component bits = Num2Bits(32);
  bits.in <== value;
  component poseidon = Poseidon(2);
  poseidon.inputs[0] <== value;
  poseidon.inputs[1] <== salt;
  hash <== poseidon.out;
  signal squared;
  squared <== label * label;
}
component main {public [label]} = Commitment();
`;

export const inputs = { value: "305419896", salt: "987654321987654321", label: "42" };

export async function makeCeremony() {
  writeFileSync(file("circuit.circom"), circuit);
  compileCircuit(file("circuit.circom"));
  const curve = await snarkjs.curves.getCurveFromName("bn128");
  const { newAccumulator, contribute, preparePhase2 } = snarkjs.powersOfTau;
  await newAccumulator(curve, power, file("0.ptau"));
  await contribute(file("0.ptau"), file("1.ptau"), "first", "some entropy");
  await preparePhase2(file("1.ptau"), file("final.ptau"));
  await snarkjs.zKey.newZKey(file("circuit.r1cs"), file("final.ptau"), file("initial.zkey"));
  await snarkjs.zKey.contribute(file("initial.zkey"), file("circuit.zkey"), "second", "more entropy");
  await snarkjs.wtns.calculate(inputs, file("circuit_js/circuit.wasm"), file("circuit.wtns"));
  const verificationKey = await snarkjs.zKey.exportVerificationKey(file("circuit.zkey"));
  const { proof, publicSignals } = await snarkjs.groth16.prove(file("circuit.zkey"), file("circuit.wtns"));
  return { verificationKey, proof, publicSignals };
}

const beaconValue = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const theirsAccepts = (key) => snarkjs.zKey.verifyFromR1cs(file("circuit.r1cs"), file("final.ptau"), file(key));
const oursAccepts = (key) => zkp("zkey", "verify", file("circuit.r1cs"), file("final.ptau"), file(key));

async function checkKeys() {
  await check("a ceremony of zkp's alone is accepted by snarkjs and zkp", async () => {
    zkpOk("groth16", "setup", file("circuit.r1cs"), file("final.ptau"), file("c0.zkey"));
    zkpOk("zkey", "contribute", file("c0.zkey"), file("c1.zkey"), "--name=Zoë", "-e=some text");
    zkpOk("zkey", "contribute", file("c1.zkey"), file("c2.zkey"));
    zkpOk("zkey", "beacon", file("c2.zkey"), file("c3.zkey"), beaconValue, "10", "--name=last");
    assert.ok(await theirsAccepts("c3.zkey"));
    const ours = oursAccepts("c3.zkey");
    assert.equal(ours.status, 0, ours.stderr);
    assert.match(ours.stdout, /contribution #1 Zoë:\n/);
    assert.ok(ours.stdout.includes(`Beacon generator: ${beaconValue}\nBeacon iterations Exp: 10\n`));
  });
  await check("its key makes proofs that snarkjs verifies by the exported verification key", async () => {
    zkpOk("groth16", "prove", file("c3.zkey"), file("circuit.wtns"), file("cp.json"), file("cs.json"));
    zkpOk("zkey", "export", "verificationkey", file("c3.zkey"), file("cvk.json"));
    assert.ok(await snarkjs.groth16.verify(readJson("cvk.json"), readJson("cs.json"), readJson("cp.json")));
  });
  await check("contributions of snarkjs and zkp go on from each other", async () => {
    zkpOk("zkey", "contribute", file("circuit.zkey"), file("m1.zkey"), "-n", "zkp", "-e", "more");
    await snarkjs.zKey.contribute(file("m1.zkey"), file("m2.zkey"), "snarkjs again", "entropy");
    assert.ok(await theirsAccepts("m2.zkey"));
    assert.equal(oursAccepts("m2.zkey").status, 0);
  });
  await check("zkp prints the contribution's hash that snarkjs computes", async () => {
    const hash = await snarkjs.zKey.contribute(file("c3.zkey"), file("h.zkey"), "hash", "entropy");
    const words = Buffer.from(hash).toString("hex").match(/.{8}/g);
    assert.ok(oursAccepts("h.zkey").stdout.includes(words.slice(0, 4).join(" ")));
  });
  for (const [name, iterations] of [["a beacon with a name", "10"], ["", "11"]]) {
    await check(`a beacon of 2^${iterations} hashes gives the same key as snarkjs', byte for byte`, async () => {
      const named = name === "" ? [] : [`--name=${name}`];
      zkpOk("zkey", "beacon", file("circuit.zkey"), file("b1.zkey"), beaconValue, iterations, ...named);
      await snarkjs.zKey.beacon(file("circuit.zkey"), file("b2.zkey"), name, beaconValue, iterations);
      assert.ok(readFileSync(file("b1.zkey")).equals(readFileSync(file("b2.zkey"))));
    });
  }
  await check("a key without a contribution, one of development and a damaged one are refused", async () => {
    assert.match(oursAccepts("initial.zkey").stderr, /no contribution, so anyone can forge/);
    zkpOk("groth16", "setup", file("circuit.r1cs"), file("d.zkey"));
    assert.equal(oursAccepts("d.zkey").status, 1);
    const bytes = readFileSync(file("c3.zkey"));
    bytes[bytes.length - 600] ^= 1; // in the last contribution
    writeFileSync(file("damaged.zkey"), bytes);
    assert.equal(oursAccepts("damaged.zkey").status, 1);
    assert.ok(!(await theirsAccepts("damaged.zkey").catch(() => false)));
  });
}

async function checkPowers() {
  const curve = await snarkjs.curves.getCurveFromName("bn128");
  const { newAccumulator, contribute, beacon, preparePhase2, truncate, verify } = snarkjs.powersOfTau;
  await newAccumulator(curve, 3, file("p0.ptau"));
  await contribute(file("p0.ptau"), file("p1.ptau"), "first", "some entropy");
  await contribute(file("p1.ptau"), file("p2.ptau"), "second", "more entropy");
  await beacon(file("p2.ptau"), file("p3.ptau"), "last", beaconValue, 10);
  await preparePhase2(file("p3.ptau"), file("p4.ptau"));
  await truncate(file("p4.ptau"), file("cut"));
  const ours = (name) => zkp("powersoftau", "verify", file(name));
  for (const name of ["p1.ptau", "p3.ptau", "p4.ptau", "cut02.ptau"]) {
    await check(`zkp powersoftau verify accepts what snarkjs made: ${name}`, async () => {
      const result = ours(name);
      assert.equal(result.status, 0, result.stderr);
    });
  }
  await check("powers without a contribution are refused", () => {
    assert.match(ours("p0.ptau").stderr, /no contribution/);
  });
  await check("a swapped pair of points in any section is refused by both", async () => {
    const whole = readFileSync(file("p4.ptau"));
    for (let offset = 12; offset < whole.length;) {
      const section = whole.readUInt32LE(offset);
      const size = Number(whole.readBigUInt64LE(offset + 4));
      const pointBytes = section === 3 || section === 13 ? 128 : 64;
      if ([2, 3, 4, 5, 12, 13, 14, 15].includes(section)) {
        const at = offset + 12 + size - 2 * pointBytes;
        const bytes = Buffer.from(whole);
        whole.copy(bytes, at, at + pointBytes, at + 2 * pointBytes);
        whole.copy(bytes, at + pointBytes, at, at + pointBytes);
        writeFileSync(file("swapped.ptau"), bytes);
        const result = ours("swapped.ptau");
        assert.equal(result.status, 1, `section ${section}`);
        assert.match(result.stderr, new RegExp(`section ${section} is not`));
        assert.ok(!(await verify(file("swapped.ptau"))), `snarkjs accepts section ${section}`);
      }
      offset += 12 + size;
    }
  });
}

export async function checkCeremony() {
  await checkKeys();
  await checkPowers();
}
