// The pods as processes of this machine, with the settings that the manifests give them: each on a loopback address of
// its own, under its name in the cluster, beside a PostgreSQL of scripts/cluster. REQUIRES: namespaces of our own for
// network, mounts and processes, which end all of it with us.
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { environmentOf, podsOf } from "./pods.mjs";

const kReadySeconds = 40;

export class Live {
  constructor(top, bin) {
    this.top = top;
    this.bin = bin;
    this.folder = mkdtempSync("/var/tmp/zkp-");
    chmodSync(this.folder, 0o755);
    this.addresses = {};
    this.processes = [];
    this.mounted = false;
  }

  // Starts the objects' pods; throws if they are not ready in time.
  async start(objects) {
    execFileSync("ip", ["link", "set", "lo", "up"]);
    execFileSync(join(this.top, "scripts/cluster"), ["start", "postgres"], {
      env: { ...process.env, ZKP_CLUSTER_DIR: this.folder },
      stdio: ["ignore", "inherit", "inherit"],
    });
    const pods = podsOf(objects);
    pods.forEach((pod, i) => {
      this.addresses[pod.name] = `127.0.1.${i + 1}`;
    });
    const hosts = pods.map(
      ({ name, workload }) =>
        `${this.addresses[name]} ${name} ${name}.${workload.spec.serviceName ?? "none"}\n`,
    );
    writeFileSync(join(this.folder, "hosts"), `127.0.0.1 localhost\n${hosts.join("")}`);
    execFileSync("mount", ["--bind", join(this.folder, "hosts"), "/etc/hosts"]);
    this.mounted = true;
    for (const pod of pods) this.#startPod(pod, objects);
    for (const pod of pods) await this.#waitUntilReady(pod);
  }

  // Paths of a pod's volumes lead to a folder of the pod's own.
  #inside(pod, text) {
    return text.startsWith("/") ? join(this.folder, pod.name, text) : text;
  }

  #startPod(pod, objects) {
    for (const volume of pod.container.volumeMounts)
      mkdirSync(this.#inside(pod, volume.mountPath), { recursive: true });
    for (const init of pod.spec.initContainers ?? []) {
      for (const volume of init.volumeMounts)
        mkdirSync(this.#inside(pod, volume.mountPath), { recursive: true });
      // A secret's file as the kubelet shows it to a group.
      const key = this.#inside(pod, "/run/secrets/inputs-key/inputs.key");
      writeFileSync(key, Buffer.alloc(32, 7), { mode: 0o440 });
      const [command, ...rest] = init.command;
      execFileSync(
        command,
        rest.map((word) => this.#inside(pod, word)),
      );
    }
    const secret = () => `host=${this.folder}/postgres dbname=zkp_network user=zkp_user`;
    const environment = environmentOf(pod.container, pod.name, objects, secret);
    for (const [name, value] of Object.entries(environment)) {
      environment[name] = this.#inside(pod, value).replace(
        /^0\.0\.0\.0:/,
        `${this.addresses[pod.name]}:`,
      );
    }
    const log = openSync(join(this.folder, `${pod.name}.log`), "a");
    const args = pod.container.args ?? [];
    const program = join(this.bin, pod.program);
    const child = spawn(program, args, { env: environment, stdio: ["ignore", log, log] });
    child.on("error", () => {}); // what cannot be started is never ready
    if (child.pid) this.processes.push(child);
  }

  async #waitUntilReady(pod) {
    const end = Date.now() + kReadySeconds * 1000;
    const { port, path } = pod.container.readinessProbe.httpGet;
    const number = pod.container.ports.find(({ name }) => name === port)?.containerPort ?? port;
    while ((await this.get(pod.name, number, path)).status !== 200) {
      if (Date.now() > end) {
        const log = readFileSync(join(this.folder, `${pod.name}.log`), "utf8")
          .trim()
          .split("\n")
          .slice(-3)
          .join("\n  ");
        throw new Error(`${pod.name} is not ready after ${kReadySeconds} s\n  ${log}`);
      }
      await pause(50);
    }
  }

  // {status, text}; status 0: nobody answers.
  async get(pod, port, path) {
    try {
      const answer = await fetch(`http://${this.addresses[pod]}:${port}${path}`, {
        signal: AbortSignal.timeout(3000),
      });
      return { status: answer.status, text: await answer.text() };
    } catch {
      return { status: 0, text: "" };
    }
  }

  listens(pod, port) {
    return new Promise((answer) => {
      const socket = connect({ host: this.addresses[pod], port, timeout: 3000 });
      const done = (yes) => {
        socket.destroy();
        answer(yes);
      };
      socket
        .on("connect", () => done(true))
        .on("error", () => done(false))
        .on("timeout", () => done(false));
    });
  }

  // Ends the programs first, then the database.
  async stop() {
    const alive = this.processes.filter((child) => child.exitCode === null && !child.signalCode);
    const ended = alive.map((child) => new Promise((end) => child.on("exit", end)));
    for (const child of alive) child.kill("SIGTERM");
    await Promise.all(ended);
    execFileSync(join(this.top, "scripts/cluster"), ["down"], {
      env: { ...process.env, ZKP_CLUSTER_DIR: this.folder },
      stdio: "ignore",
    });
    if (this.mounted) execFileSync("umount", ["/etc/hosts"]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
