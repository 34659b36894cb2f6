// The exported contract under the Solidity compiler.
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import solc from "solc";
import { check, file, zkpOk } from "./tools.mjs";

const scalarField = "21888242871839275222246405745257275088548364400416034343698204186575808495617";

export function compileVerifier(source, publicCount) {
  const input = {
    language: "Solidity",
    sources: { "verifier.sol": { content: source } },
    settings: { outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  const findings = (output.errors ?? []).map((error) => error.formattedMessage);
  assert.deepEqual(findings, []);
  const contracts = Object.values(output.contracts["verifier.sol"]);
  assert.equal(contracts.length, 1);
  const [contract] = contracts;
  assert.ok(contract.evm.bytecode.object.length > 0);
  const [verify] = contract.abi.filter((entry) => entry.name === "verifyProof");
  const types = verify.inputs.map((entry) => entry.type);
  assert.deepEqual(types, ["uint256[2]", "uint256[2][2]", "uint256[2]", `uint256[${publicCount}]`]);
  assert.ok(source.includes(scalarField), "the contract does not name r");
}

export function checkSolidity({ publicSignals }) {
  return check("the Solidity verifier compiles without a warning", () => {
    zkpOk("zkey", "export", "solidityverifier", file("circuit.zkey"), file("verifier.sol"));
    compileVerifier(readFileSync(file("verifier.sol"), "utf8"), publicSignals.length);
  });
}
