// Exchanges files and proofs with snarkjs, circom and solc, in both directions.
//
//   ZKP=build/release/bin/zkp node test/interop/run.mjs
//
// Prints a line for each check; ends with status 1 at the first that fails.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stopCurves, summary, useFolder } from "./tools.mjs";
import { checkCeremony, makeCeremony } from "./ceremony.mjs";
import { checkFiles } from "./files.mjs";
import { checkWitnesses } from "./witness.mjs";
import { checkSolidity } from "./solidity.mjs";
import { checkNetwork } from "./network.mjs";

const folder = mkdtempSync(join(tmpdir(), "zkp-interop-"));
let status = 1;
try {
  useFolder(folder);
  const ceremony = await makeCeremony();
  await checkCeremony();
  await checkFiles(ceremony);
  await checkWitnesses();
  await checkSolidity(ceremony);
  await checkNetwork();
  console.log(`interop: ${summary()} checks passed`);
  status = 0;
} catch (error) {
  console.log(`FAILED ${error.stack ?? error}`);
} finally {
  await stopCurves();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(status);
