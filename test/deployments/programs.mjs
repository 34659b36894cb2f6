// What the programs say of themselves: `--help` lists flags, variables and defaults.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

export const kPrograms = ["zkp-coordinator", "zkp-worker", "zkp-api-gateway"];

// {flags, variables, required: variables, defaults: by variable}
function readHelp(text) {
  const help = {
    flags: new Set(["--help", "-h", "--version"]),
    variables: new Set(),
    required: new Set(),
    defaults: {},
  };
  for (const line of text.split("\n")) {
    const option = line.match(/^ +(?:-\w,)?(--[a-z][a-z0-9-]*)(.*)\(Env:(ZKP_[A-Z_]+)\)/);
    if (!option) continue;
    const [, flag, kind, variable] = option;
    help.flags.add(flag);
    help.variables.add(variable);
    if (kind.includes("REQUIRED")) help.required.add(variable);
    const value = kind.match(/=\[?([^\] ]+)/);
    if (value) help.defaults[variable] = value[1];
  }
  return help;
}

// By name. ZKP_KERNELS is read by whoever proves, and is no flag.
export function readPrograms(folder) {
  return Object.fromEntries(
    kPrograms.map((name) => {
      const help = readHelp(execFileSync(join(folder, name), ["--help"], { encoding: "utf8" }));
      if (name === "zkp-worker") help.variables.add("ZKP_KERNELS");
      return [name, help];
    }),
  );
}
