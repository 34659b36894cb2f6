-- Tasks, their attempts and the circuits they are for. Moments (..._at, not_before) are milliseconds since
-- 1970-01-01T00:00:00Z. A text that is not there is '', a moment that is not there is NULL.

CREATE TABLE circuits (
  id                    TEXT PRIMARY KEY NOT NULL,
  circuit_type          TEXT NOT NULL,
  ready                 INTEGER NOT NULL DEFAULT 0,
  circuit_digest        TEXT NOT NULL DEFAULT '',
  key_digest            TEXT NOT NULL DEFAULT '',
  verification_key_json TEXT NOT NULL DEFAULT '',
  setup_kind            TEXT NOT NULL DEFAULT '',
  constraint_count      INTEGER NOT NULL DEFAULT 0,
  memory_bytes          INTEGER NOT NULL DEFAULT 0,
  failure               TEXT NOT NULL DEFAULT '',
  created_at            INTEGER NOT NULL
) STRICT;
CREATE INDEX circuits_by_type ON circuits (circuit_type, id);
CREATE INDEX circuits_by_key ON circuits (key_digest) WHERE ready = 1;

CREATE TABLE tasks (
  id                  TEXT PRIMARY KEY NOT NULL,
  status              TEXT NOT NULL
                      CHECK (status IN ('pending', 'assigned', 'running', 'completed', 'failed', 'cancelled')),
  circuit_type        TEXT NOT NULL,
  circuit_id          TEXT NOT NULL REFERENCES circuits (id),
  priority            INTEGER NOT NULL,
  max_attempts        INTEGER NOT NULL,
  queue_rank          INTEGER NOT NULL,
  attempt             INTEGER NOT NULL DEFAULT 0,
  failures            INTEGER NOT NULL DEFAULT 0,
  worker_id           TEXT NOT NULL DEFAULT '',
  progress            REAL NOT NULL DEFAULT 0,
  memory_floor_bytes  INTEGER NOT NULL DEFAULT 0,
  created_at          INTEGER NOT NULL,
  not_before          INTEGER NOT NULL,
  deadline_at         INTEGER,
  assigned_at         INTEGER,
  started_at          INTEGER,
  finished_at         INTEGER,
  idempotency_key     TEXT UNIQUE,
  request_digest      TEXT NOT NULL DEFAULT '',
  proof_json          TEXT,
  public_signals_json TEXT,
  circuit_digest      TEXT NOT NULL DEFAULT '',
  key_digest          TEXT NOT NULL DEFAULT '',
  failure_code        TEXT,
  failure_message     TEXT,
  CHECK ((status IN ('completed', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
  CHECK ((status = 'completed') = (proof_json IS NOT NULL)),
  CHECK ((status = 'failed') = (failure_code IS NOT NULL))
) STRICT;
CREATE INDEX tasks_in_queue ON tasks (queue_rank, id) WHERE status = 'pending';
CREATE INDEX tasks_by_not_before ON tasks (not_before) WHERE status = 'pending';
CREATE INDEX tasks_by_circuit ON tasks (circuit_id) WHERE status = 'pending';
CREATE INDEX tasks_in_flight ON tasks (id) WHERE status IN ('assigned', 'running');
CREATE INDEX tasks_by_deadline ON tasks (deadline_at) WHERE finished_at IS NULL AND deadline_at IS NOT NULL;
CREATE INDEX tasks_by_end ON tasks (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX tasks_by_status ON tasks (status, id);
CREATE INDEX tasks_by_type ON tasks (circuit_type, id);

-- Apart from the tasks, so that a transition does not copy them. They are gone with the statement that ends the task.
CREATE TABLE task_inputs (
  task_id TEXT PRIMARY KEY NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  sealed  BLOB NOT NULL
) STRICT;
CREATE TRIGGER erase_inputs AFTER UPDATE OF status ON tasks WHEN NEW.finished_at IS NOT NULL BEGIN
  DELETE FROM task_inputs WHERE task_id = NEW.id;
END;

CREATE TABLE attempts (
  task_id     TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  attempt     INTEGER NOT NULL,
  worker_id   TEXT NOT NULL,
  term        INTEGER NOT NULL,
  assigned_at INTEGER NOT NULL,
  started_at  INTEGER,
  ended_at    INTEGER,
  outcome     TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (task_id, attempt)
) STRICT, WITHOUT ROWID;

-- How many tasks are in each state, so that nobody has to count them.
CREATE TABLE task_counts (
  status TEXT PRIMARY KEY NOT NULL,
  tasks  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO task_counts
VALUES ('pending', 0), ('assigned', 0), ('running', 0), ('completed', 0), ('failed', 0), ('cancelled', 0);
CREATE TRIGGER count_new_task AFTER INSERT ON tasks BEGIN
  UPDATE task_counts SET tasks = tasks + 1 WHERE status = NEW.status;
END;
CREATE TRIGGER count_changed_task AFTER UPDATE OF status ON tasks WHEN OLD.status <> NEW.status BEGIN
  UPDATE task_counts SET tasks = tasks - 1 WHERE status = OLD.status;
  UPDATE task_counts SET tasks = tasks + 1 WHERE status = NEW.status;
END;
CREATE TRIGGER count_removed_task AFTER DELETE ON tasks BEGIN
  UPDATE task_counts SET tasks = tasks - 1 WHERE status = OLD.status;
END;

-- The last term that took leadership: older ones change nothing.
CREATE TABLE leadership (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  term     INTEGER NOT NULL
) STRICT;
INSERT INTO leadership VALUES (1, 0);
