// Exchanges files and proofs with snarkjs, circom and solc, in both directions.
//
//   ZKP=build/release/bin/zkp node test/interop/run.mjs
//
// Prints a line for each check; ends with status 1 at the first that fails.
import { runChecks } from "./tools.mjs";
import { checkCeremony, makeCeremony } from "./ceremony.mjs";
import { checkFiles } from "./files.mjs";
import { checkWitnesses } from "./witness.mjs";
import { checkSolidity } from "./solidity.mjs";
import { checkNetwork } from "./network.mjs";

await runChecks("interop", async () => {
  const ceremony = await makeCeremony();
  await checkCeremony();
  await checkFiles(ceremony);
  await checkWitnesses();
  await checkSolidity(ceremony);
  await checkNetwork();
});
