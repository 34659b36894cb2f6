// The dashboard: shows the cluster and the tasks, asks for proofs and follows them. Everything that comes
// from the network is put into the page as text, never as markup.
"use strict";

const REFRESH_MS = 2000;
const EXAMPLES = {
  "merkle_tree: a root over public and hidden leaves": {
    circuit_type: "merkle_tree",
    public_inputs: ["1", "2", "3"],
    private_inputs: ["secret1", "secret2"],
  },
  "range_proof: a value between two bounds": {
    circuit_type: "range_proof",
    inputs: { value: "42", salt: "my salt", min: "18", max: "99" },
    options: { priority: 5, deadline_s: 600, max_attempts: 3 },
  },
};

const byId = (id) => document.getElementById(id);
const show = (element, visible) => { element.hidden = !visible; };

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function row(cells) {
  const made = document.createElement("tr");
  for (const cell of cells) {
    const data = document.createElement("td");
    data.append(cell);
    made.append(data);
  }
  return made;
}

async function call(path, options) {
  const response = await fetch(path, { headers: { "Content-Type": "application/json" }, ...options });
  const body = await response.json();
  if (response.ok) return body;
  const places = (body.errors || []).map((error) => `${error.pointer || "request"}: ${error.detail}`);
  throw new Error([body.detail, ...places].join("\n"));
}

function showProblem(text) {
  byId("problem").textContent = text;
  show(byId("problem"), text !== "");
}

// --- the cluster and the tasks, read again and again -----------------------------------------------

function showCluster(cluster) {
  byId("leader").textContent = cluster.leader_id || "nobody";
  byId("term").textContent = cluster.term;
  byId("capacity").textContent = `${cluster.capacity.used} of ${cluster.capacity.total}`;
  byId("pending").textContent = cluster.tasks.pending;
  byId("running").textContent = cluster.tasks.assigned + cluster.tasks.running;
  byId("completed").textContent = cluster.tasks.completed;
  byId("failed").textContent = cluster.tasks.failed;
  byId("workers").replaceChildren(...cluster.workers.map((worker) => row([
    worker.id, element("span", worker.state, worker.state), `${worker.used} of ${worker.slots}`,
    worker.kernels, worker.version,
  ])));
}

function taskButton(id) {
  const button = element("button", id, "link");
  button.type = "button";
  button.dataset.task = id;
  return button;
}

function showTasks(tasks) {
  const focused = document.activeElement && document.activeElement.dataset.task;
  byId("tasks").replaceChildren(...tasks.map((task) => row([
    taskButton(task.task_id), task.circuit_type, element("span", task.status, task.status),
    task.worker_id || "", String(task.attempts),
    task.prove_ms === undefined ? "" : `${task.prove_ms} ms`,
    new Date(task.created_at).toLocaleString(),
  ])));
  show(byId("no-tasks"), tasks.length === 0);
  if (focused) document.querySelector(`[data-task="${CSS.escape(focused)}"]`)?.focus();
}

async function refresh() {
  const connection = byId("connection");
  try {
    const state = encodeURIComponent(byId("filter").value);
    const [cluster, page] = await Promise.all([
      call("/api/v1/cluster"), call(`/api/v1/proof?limit=25&status=${state}`),
    ]);
    showCluster(cluster);
    showTasks(page.tasks);
    if (connection.className !== "up") connection.textContent = "connected";
    connection.className = "up";
  } catch (error) {
    connection.textContent = "the gateway does not answer";
    connection.className = "down";
  }
}

async function keepRefreshing() {
  if (!document.hidden) await refresh();
  setTimeout(keepRefreshing, REFRESH_MS);
}

// --- one task, followed ----------------------------------------------------------------------------

const TERMINAL = ["completed", "failed", "cancelled"];
let events = null;

function showTask(task) {
  byId("live-id").textContent = task.task_id;
  byId("live-status").textContent = task.error ? `${task.status}: ${task.error.message}` : task.status;
  byId("live-status").className = task.status;
  byId("live-progress").value = task.progress;
  byId("result").textContent = JSON.stringify(task, null, 2);
  const links = byId("live-links");
  links.replaceChildren();
  if (task.verification_key) {
    const link = element("a", "Verification key");
    link.href = task.verification_key;
    links.append(link);
  }
  show(byId("live"), true);
  show(byId("result"), true);
  show(byId("cancel"), !TERMINAL.includes(task.status));
}

function follow(id) {
  if (events) events.close();
  const source = new EventSource(`/api/v1/proof/${encodeURIComponent(id)}/events`);
  events = source;
  source.addEventListener("status", (event) => {
    const task = JSON.parse(event.data);
    showTask(task);
    if (TERMINAL.includes(task.status)) {
      source.close();
      refresh();
    }
  });
  source.addEventListener("progress", (event) => {
    byId("live-progress").value = JSON.parse(event.data).progress;
  });
}

async function act(action) {
  showProblem("");
  try {
    await action();
  } catch (error) {
    showProblem(error.message);
  }
}

// --- start -----------------------------------------------------------------------------------------

function showExample() {
  byId("body").value = JSON.stringify(EXAMPLES[byId("example").value], null, 2);
}

for (const name of Object.keys(EXAMPLES)) byId("example").append(element("option", name));
showExample();
byId("example").addEventListener("change", showExample);

byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  act(async () => {
    const task = await call("/api/v1/proof", { method: "POST", body: byId("body").value });
    showTask(task);
    follow(task.task_id);
    refresh();
  });
});

byId("cancel").addEventListener("click", () => act(async () => {
  const id = byId("live-id").textContent;
  showTask(await call(`/api/v1/proof/${encodeURIComponent(id)}`, { method: "DELETE" }));
}));

byId("tasks").addEventListener("click", (event) => {
  const id = event.target.dataset.task;
  if (id) act(async () => follow(id));
});

byId("filter").addEventListener("change", refresh);
keepRefreshing();
