// Circuits of circom's on a running cluster of processes (scripts/cluster): registered, proved, and the ones that
// mean harm.
//
//   ZKP=build/release/bin/zkp node test/interop/cluster.mjs [TASKS] [CONSTRAINTS]
//
// TASKS: how many are mixed (300); CONSTRAINTS: of the circuit with a large key (60000). Prints a line for each check;
// ends with status 1 at the first that fails.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import * as snarkjs from "snarkjs";
import { writeChain } from "./chain.mjs";
import { circuits, inputsOf } from "./circuits.mjs";
import { check, circuitPath, compileCircuit, file, runChecks, zkp, zkpOk } from "./tools.mjs";

const api = "http://127.0.0.1:8080";
const taskCount = Number(process.argv[2] ?? 300);
const constraintCount = Number(process.argv[3] ?? 60000);
const workers = { "worker-1": 8101, "worker-2": 8102 };

async function call(method, path, body) {
  const answer = await fetch(api + path, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  return { status: answer.status, json: await answer.json() };
}
async function submit(circuit, inputs) {
  const { status, json } = await call("POST", "/api/v1/proof", { circuit_type: circuit, inputs });
  assert.equal(status, 202, JSON.stringify(json));
  return json.task_id;
}
async function ended(id) {
  for (;;) {
    const { json } = await call("GET", `/api/v1/proof/${id}?wait=30s`);
    if (["completed", "failed", "cancelled"].includes(json.status)) return json;
  }
}
async function until(condition, what) {
  const end = Date.now() + 60_000;
  while (!(await condition())) {
    assert.ok(Date.now() < end, `${what}: not within a minute`);
    await wait(5);
  }
}

// With cluster.settings in its environment.
function cluster(...args) {
  const result = spawnSync("scripts/cluster", args, { encoding: "utf8", env: { ...process.env, ...cluster.settings } });
  assert.equal(result.status, 0, `scripts/cluster ${args.join(" ")}: ${result.stdout}${result.stderr}`);
  return result.stdout;
}
const clusterFolder = process.env.ZKP_CLUSTER_DIR ?? "build/cluster";
const pidOf = (node) => Number(readFileSync(join(clusterFolder, "pids", node), "utf8"));
// Which memory, in MiB: VmRSS, VmHWM.
function memoryOf(pid, which) {
  return Number(new RegExp(`${which}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
}
async function loadsOf(worker) {
  const text = await (await fetch(`http://127.0.0.1:${workers[worker]}/metrics`)).text();
  return Number(/zkp_worker_loads_total{file="key"} (\d+)/.exec(text)[1]);
}

async function register() {
  for (const name of Object.keys(circuits)) {
    await check(`${name}: registered with a key, and its example proved`, async () => {
      compileCircuit(circuitPath(name));
      zkpOk("groth16", "setup", file(`${name}.r1cs`), file(`${name}.zkey`));
      writeFileSync(file(`${name}.json`), JSON.stringify(await inputsOf(name)));
      const files = ["r1cs", "zkey"].flatMap((kind) => [`--${kind}`, file(`${name}.${kind}`)]);
      zkpOk("circuit", "add", name, ...files, "--wasm", file(`${name}_js/${name}.wasm`), "--input", file(`${name}.json`),
        "--url", api);
      const { json } = await call("GET", `/api/v1/circuits/${name}`);
      assert.equal(json.status, "available");
      assert.equal(json.setup, "development");
    });
  }
}

async function prove() {
  for (const name of Object.keys(circuits)) {
    await check(`${name}: proved by the cluster, and snarkjs accepts it`, async () => {
      const inputs = await inputsOf(name);
      const task = await ended(await submit(name, inputs));
      assert.equal(task.status, "completed", JSON.stringify(task));
      const key = await (await fetch(api + task.verification_key)).json();
      assert.ok(await snarkjs.groth16.verify(key, task.result.public_signals, task.result.proof));
      const theirs = await snarkjs.groth16.fullProve(inputs, file(`${name}_js/${name}.wasm`), file(`${name}.zkey`));
      assert.deepEqual(task.result.public_signals, theirs.publicSignals);
    });
    await check(`${name}: wrong inputs are the client's fault, and say so`, async () => {
      const { wrong, says } = circuits[name];
      const { status, json } = await call("POST", "/api/v1/proof",
        { circuit_type: name, inputs: { ...(await inputsOf(name)), ...wrong } });
      if (status === 422) return assert.match(`${json.errors[0].pointer}: ${json.errors[0].detail}`, says);
      const task = await ended(json.task_id);
      assert.ok(["invalid_input", "unsatisfied"].includes(task.error?.code), JSON.stringify(task));
      assert.match(task.error.message, says);
    });
  }
}

// Each key is loaded at most once by each worker, whatever the order.
async function mix() {
  await check(`${taskCount} tasks over ${Object.keys(circuits).length} circuits, each key loaded at most once per worker`, async () => {
    const names = Object.keys(circuits);
    const inputs = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await inputsOf(name)])));
    const begin = Date.now();
    const ids = [];
    for (let i = 0; i < taskCount; i += 20) {
      const batch = Array.from({ length: Math.min(20, taskCount - i) }, (_, j) => names[(i + j * 7) % names.length]);
      ids.push(...(await Promise.all(batch.map((name) => submit(name, inputs[name])))));
    }
    for (const id of ids) assert.equal((await ended(id)).status, "completed");
    console.log(`${taskCount} mixed tasks: ${Math.round(taskCount / ((Date.now() - begin) / 1000))} a second`);
    const list = ids.map((id) => `'${id}'`).join(",");
    const twice = cluster("psql", "-Atc",
      `SELECT count(*) FROM (SELECT task_id FROM attempts WHERE outcome = 'completed' AND task_id IN (${list})
       GROUP BY task_id HAVING count(*) > 1) t`);
    assert.equal(twice.trim(), "0");
    for (const worker of Object.keys(workers)) {
      const loads = await loadsOf(worker);
      assert.ok(loads <= names.length, `${worker} loaded ${loads} keys of ${names.length}`);
      console.log(`${worker}: ${loads} keys loaded`);
    }
  });
}

// A circuit whose key is large, and whose witness its client calculates.
async function large() {
  writeChain(file("chain.r1cs"), file("chain.wtns"), constraintCount);
  zkpOk("groth16", "setup", file("chain.r1cs"), file("chain.zkey"));
  const megabytes = Math.round(statSync(file("chain.zkey")).size / 1e6);
  const files = ["r1cs", "zkey"].flatMap((kind) => [`--${kind}`, file(`chain.${kind}`)]);

  await check(`a key of ${megabytes} MB registers, and the gateway holds less than 64 MiB more meanwhile`, async () => {
    const gateway = pidOf("api-gateway");
    writeFileSync(`/proc/${gateway}/clear_refs`, "5"); // forgets the peak
    const before = memoryOf(gateway, "VmRSS");
    const begin = Date.now();
    zkpOk("circuit", "add", "chain", ...files, "--wasm", file("mimc_js/mimc.wasm"), "--url", api);
    const grown = memoryOf(gateway, "VmHWM") - before;
    console.log(`registered in ${((Date.now() - begin) / 1000).toFixed(1)} s; the gateway grew by ${grown.toFixed(1)} MiB`);
    assert.ok(grown < 64, `it grew by ${grown} MiB`);
  });

  await check("a worker killed in the middle of fetching the key goes on where it was", async () => {
    cluster("stop", "worker-2");
    const { json } = await call("GET", "/api/v1/circuits/chain");
    const part = join(clusterFolder, "worker-1", "artifacts", `${json.key_digest.slice(7)}.part`);
    const submitted = zkpOk("proof", "submit", "chain", "--witness", file("chain.wtns"), "--url", api);
    const id = JSON.parse(submitted).task_id;
    await until(() => existsSync(part) && statSync(part).size > 2 << 20, "the key is being fetched");
    cluster("kill", "worker-1");
    const have = statSync(part).size;
    assert.ok(have < statSync(file("chain.zkey")).size, "it was killed too late");
    cluster("start", "worker-1");
    const task = await ended(id);
    assert.equal(task.status, "completed", JSON.stringify(task));
    assert.match(cluster("logs", "worker-1"), new RegExp(`Fetching ${json.key_digest} from byte ${have}`));
    const key = await (await fetch(api + task.verification_key)).json();
    assert.ok(await snarkjs.groth16.verify(key, task.result.public_signals, task.result.proof));
    cluster("start", "worker-2");
  });

  await check("a witness that does not satisfy the circuit fails, and no worker is blamed", async () => {
    const witness = readFileSync(file("chain.wtns"));
    witness[witness.length - 32] ^= 1;
    writeFileSync(file("broken.wtns"), witness);
    const submitted = zkpOk("proof", "submit", "chain", "--witness", file("broken.wtns"), "--url", api);
    const task = await ended(JSON.parse(submitted).task_id);
    assert.equal(task.error?.code, "unsatisfied", JSON.stringify(task));
    await allWorkersServe();
  });
}

async function allWorkersServe() {
  await until(async () => {
    const { json } = await call("GET", "/api/v1/cluster");
    return json.workers.filter((worker) => worker.state === "active").length === 2;
  }, "two workers are active");
  const task = await ended(await submit("mimc", await inputsOf("mimc")));
  assert.equal(task.status, "completed", JSON.stringify(task));
}

async function refuseWhatDoesNotWork() {
  await check("a witness program of another circuit gets the circuit rejected, and no worker is blamed", async () => {
    const files = ["r1cs", "zkey"].flatMap((kind) => [`--${kind}`, file(`poseidon.${kind}`)]);
    const added = zkp("circuit", "add", "mixed-up", ...files, "--wasm", file("mimc_js/mimc.wasm"), "--input", file("mimc.json"),
      "--url", api);
    assert.equal(added.status, 1, added.stdout);
    assert.match(added.stderr, /the witness has \d+ values, the circuit \d+ wires/);
    assert.equal((await call("GET", "/api/v1/circuits/mixed-up")).json.status, "rejected");
    const { status } = await call("POST", "/api/v1/proof", { circuit_type: "mixed-up", inputs: await inputsOf("mimc") });
    assert.equal(status, 409);
    await allWorkersServe();
  });
  await check("a proof that no worker has the memory for fails at once, and says so", async () => {
    restartWorkers({ ZKP_MEMORY_MIB: "40" });
    await allWorkersServe();
    const submitted = zkpOk("proof", "submit", "chain", "--witness", file("chain.wtns"), "--url", api);
    const task = await ended(JSON.parse(submitted).task_id);
    assert.equal(task.error?.code, "out_of_memory", JSON.stringify(task));
    assert.match(task.error.message, /needs a worker with \d+ MiB; the largest has 40 MiB/);
    assert.equal(task.attempts ?? 0, 1);
  });
}

function restartWorkers(settings) {
  for (const worker of Object.keys(workers)) {
    cluster("stop", worker);
    cluster.settings = settings;
    cluster("start", worker);
    cluster.settings = {};
  }
}

// What circom's own language can do to whoever runs its programs.
const harmful = {
  endless: {
    source: "function f(x) { var i = 0; while (i == 0) { i = x - x; } return i; }",
    says: /not done after 3000 ms/,
  },
  recursive: {
    source: "function f(x) { if (x == 0) { return 0; } return f(x + 1) + 1; }",
    says: /index out of bounds/, // of its own memory, where circom keeps its calls
  },
};

async function refuseHarm() {
  const seconds = 3;
  restartWorkers({ ZKP_WITNESS_TIME_S: String(seconds) });
  for (const [name, { source, says }] of Object.entries(harmful)) {
    await check(`${name}: a program that means harm is a witness_error in time, and the workers live on`, async () => {
      writeFileSync(file(`${name}.circom`), `pragma circom 2.0.0;
${source}
template Main() { signal input x; signal output y; y <-- f(x); y * x === x; }
component main = Main();
`);
      compileCircuit(file(`${name}.circom`));
      zkpOk("groth16", "setup", file(`${name}.r1cs`), file(`${name}.zkey`));
      const files = ["r1cs", "zkey"].flatMap((kind) => [`--${kind}`, file(`${name}.${kind}`)]);
      zkpOk("circuit", "add", name, ...files, "--wasm", file(`${name}_js/${name}.wasm`), "--url", api);
      const pids = Object.keys(workers).map(pidOf);
      const begin = Date.now();
      const task = await ended(await submit(name, { x: "3" }));
      assert.equal(task.error?.code, "witness_error", JSON.stringify(task));
      assert.match(task.error.message, says);
      assert.ok(Date.now() - begin < (seconds + 10) * 1000);
      assert.equal(task.attempts, 1);
      await allWorkersServe();
      assert.deepEqual(Object.keys(workers).map(pidOf), pids);
      for (const pid of pids) assert.ok(existsSync(`/proc/${pid}`));
    });
  }
  await check("a program that wants another host function is not registered", () => {
    const bytes = readFileSync(file("mimc_js/mimc.wasm"));
    const at = bytes.indexOf("exceptionHandler");
    assert.ok(at > 0);
    bytes.write("systemHandler000", at);
    writeFileSync(file("import.wasm"), bytes);
    const files = ["r1cs", "zkey"].flatMap((kind) => [`--${kind}`, file(`mimc.${kind}`)]);
    const result = zkp("circuit", "add", "import", ...files, "--wasm", file("import.wasm"), "--url", api);
    assert.equal(result.status, 1);
    assert.match(result.stderr, /systemHandler000/);
  });
}

await runChecks("circuits", async () => {
  await register();
  await prove();
  await mix();
  await large();
  await refuseWhatDoesNotWork();
  await refuseHarm();
});
