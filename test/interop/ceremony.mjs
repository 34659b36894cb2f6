// What a team that uses circom has in its folder: a compiled circuit, a witness, a powers-of-tau
// file and a ceremony's key, all made by circom and snarkjs.
import { writeFileSync } from "node:fs";
import * as snarkjs from "snarkjs";
import { compileCircuit, file } from "./tools.mjs";

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
