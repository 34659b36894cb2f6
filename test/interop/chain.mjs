// A circuit of any size: x[i+2] = x[i+1] * (x[i+1] + x[i]), the last one public. Its files, written as circom would.
import { closeSync, openSync, writeSync } from "node:fs";

const r = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

function element(value) {
  const bytes = Buffer.alloc(32);
  for (let i = 0; i < 4; i += 1) bytes.writeBigUInt64LE((value >> BigInt(64 * i)) & 0xffffffffffffffffn, 8 * i);
  return bytes;
}
const u32 = (...values) => Buffer.from(new Uint32Array(values).buffer);
const u64 = (value) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};

// Sections are written one after the other, each in one piece.
function write(path, magic, version, sections) {
  const out = openSync(path, "w");
  writeSync(out, Buffer.concat([Buffer.from(magic), u32(version, sections.length)]));
  for (const [id, content] of sections) {
    writeSync(out, Buffer.concat([u32(id), u64(content.length)]));
    writeSync(out, content);
  }
  closeSync(out);
}

// Wires: 1, the last value, then x[0] and x[1] and all others but the last.
export function writeChain(r1csPath, wtnsPath, count) {
  const wires = count + 3;
  const wireOf = (i) => (i === count + 1 ? 1 : i + 2);
  const one = element(1n);
  const row = 3 * 4 + 4 * 36; // three counts; one term in A, two in B, one in C
  const constraints = Buffer.alloc(count * row);
  let at = 0;
  const term = (wire) => {
    at = constraints.writeUInt32LE(wire, at);
    at += one.copy(constraints, at);
  };
  for (let i = 0; i < count; i += 1) {
    at = constraints.writeUInt32LE(1, at);
    term(wireOf(i + 1));
    at = constraints.writeUInt32LE(2, at);
    term(wireOf(i + 1));
    term(wireOf(i));
    at = constraints.writeUInt32LE(1, at);
    term(wireOf(i + 2));
  }
  const header = Buffer.concat([u32(32), element(r), u32(wires, 1, 0, 2), u64(wires), u32(count)]);
  const labels = Buffer.from(new BigUint64Array(wires).map((_, i) => BigInt(i)).buffer);
  write(r1csPath, "r1cs", 1, [[2, constraints], [1, header], [3, labels]]);

  const values = Buffer.alloc(wires * 32);
  const put = (wire, value) => element(value).copy(values, wire * 32);
  put(0, 1n);
  let [previous, last] = [3n, 5n];
  put(wireOf(0), previous);
  put(wireOf(1), last);
  for (let i = 2; i <= count + 1; i += 1) {
    [previous, last] = [last, (last * (last + previous)) % r];
    put(wireOf(i), last);
  }
  write(wtnsPath, "wtns", 2, [[1, Buffer.concat([u32(32), element(r), u32(wires)])], [2, values]]);
}
