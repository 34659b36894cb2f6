// The circuits of circuits/: what goes into them, and what does not.
import { buildEddsa, newMemEmptyTrie } from "circomlibjs";

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
export const circuits = {
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

export async function inputsOf(name) {
  const { inputs } = circuits[name];
  return typeof inputs === "function" ? inputs() : inputs;
}
