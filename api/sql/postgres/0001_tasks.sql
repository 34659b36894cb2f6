-- Tasks, their attempts and the circuits they are for. A text that is not there is '', a moment that is not there is
-- NULL. Who leads, and how rows are changed: 0002_transitions.sql.

CREATE TABLE circuits (
  id                    text PRIMARY KEY,
  circuit_type          text NOT NULL,
  ready                 boolean NOT NULL DEFAULT false,
  circuit_digest        text NOT NULL DEFAULT '',
  key_digest            text NOT NULL DEFAULT '',
  verification_key_json text NOT NULL DEFAULT '',
  setup_kind            text NOT NULL DEFAULT '',
  constraint_count      bigint NOT NULL DEFAULT 0,
  memory_bytes          bigint NOT NULL DEFAULT 0,
  failure               text NOT NULL DEFAULT '',
  created_at            timestamptz NOT NULL
);
CREATE INDEX circuits_by_type ON circuits (circuit_type, id);
CREATE INDEX circuits_by_key ON circuits (key_digest) WHERE ready;
CREATE INDEX circuits_wanted ON circuits (id) WHERE NOT ready AND failure = '';

-- circuit_id names a row of circuits, which are never deleted. It is no foreign key: each submission would lock the
-- circuit's row, and those of several gateways would queue up at the row of the circuit that everybody asks for.
CREATE TABLE tasks (
  id                  uuid PRIMARY KEY,
  status              text NOT NULL
                      CHECK (status IN ('pending', 'assigned', 'running', 'completed', 'failed', 'cancelled')),
  circuit_type        text NOT NULL,
  circuit_id          text NOT NULL,
  priority            integer NOT NULL,
  max_attempts        integer NOT NULL,
  queue_rank          bigint NOT NULL,
  attempt             bigint NOT NULL DEFAULT 0,
  claim               bigint NOT NULL DEFAULT 0,  -- the call that claimed it last
  failures            integer NOT NULL DEFAULT 0,
  worker_id           text NOT NULL DEFAULT '',
  progress            double precision NOT NULL DEFAULT 0,
  memory_floor_bytes  bigint NOT NULL DEFAULT 0,
  created_at          timestamptz NOT NULL,
  not_before          timestamptz NOT NULL,
  deadline_at         timestamptz,
  assigned_at         timestamptz,
  started_at          timestamptz,
  finished_at         timestamptz,
  idempotency_key     text UNIQUE,
  request_digest      text NOT NULL DEFAULT '',
  proof_json          text,
  public_signals_json text,
  circuit_digest      text NOT NULL DEFAULT '',
  key_digest          text NOT NULL DEFAULT '',
  failure_code        text,
  failure_message     text,
  CHECK ((status IN ('completed', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
  CHECK ((status = 'completed') = (proof_json IS NOT NULL)),
  CHECK ((status = 'failed') = (failure_code IS NOT NULL))
) WITH (fillfactor = 85);
CREATE INDEX tasks_in_queue ON tasks (queue_rank, id) WHERE status = 'pending';
CREATE INDEX tasks_by_not_before ON tasks (not_before) WHERE status = 'pending';
CREATE INDEX tasks_by_circuit ON tasks (circuit_id) WHERE status = 'pending';
CREATE INDEX tasks_in_flight ON tasks (id) WHERE status IN ('assigned', 'running');
CREATE INDEX tasks_by_deadline ON tasks (deadline_at) WHERE finished_at IS NULL AND deadline_at IS NOT NULL;
CREATE INDEX tasks_by_end ON tasks (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX tasks_by_status ON tasks (status, id);
CREATE INDEX tasks_by_type ON tasks (circuit_type, id);

-- Apart from the tasks, so that a transition does not copy them. They are gone with the statement that ends the task.
-- Sealed bytes do not compress.
CREATE TABLE task_inputs (
  task_id uuid PRIMARY KEY REFERENCES tasks (id) ON DELETE CASCADE,
  sealed  bytea NOT NULL
);
ALTER TABLE task_inputs ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE FUNCTION erase_inputs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM task_inputs WHERE task_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER erase_inputs AFTER UPDATE OF status ON tasks FOR EACH ROW
WHEN (NEW.finished_at IS NOT NULL) EXECUTE FUNCTION erase_inputs();

CREATE TABLE attempts (
  task_id     uuid NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  attempt     bigint NOT NULL,
  worker_id   text NOT NULL,
  term        bigint NOT NULL,
  assigned_at timestamptz NOT NULL,
  started_at  timestamptz,
  ended_at    timestamptz,
  outcome     text NOT NULL DEFAULT '',
  PRIMARY KEY (task_id, attempt)
);

-- How many tasks are in each state, so that nobody has to count them: the sum over a status's rows. A transaction adds
-- to a shard that is its own until it ends (an advisory lock), so that none waits for another. One shard's number alone
-- may be below zero.
CREATE TABLE task_counts (
  status text NOT NULL,
  shard  integer NOT NULL,
  tasks  bigint NOT NULL,
  PRIMARY KEY (status, shard)
) WITH (fillfactor = 20);
INSERT INTO task_counts (status, shard, tasks)
SELECT status, shard, 0
FROM unnest(ARRAY['pending', 'assigned', 'running', 'completed', 'failed', 'cancelled']) AS status,
     generate_series(0, 31) AS shard;

CREATE FUNCTION count_shard() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  mine text := current_setting('zkp.count_shard', true);
  shard integer;
BEGIN
  IF mine <> '' THEN
    RETURN mine::integer;
  END IF;
  FOR step IN 0..31 LOOP
    shard := (pg_backend_pid() + step) % 32;
    EXIT WHEN pg_try_advisory_xact_lock(7202, shard);
  END LOOP;
  PERFORM set_config('zkp.count_shard', shard::text, true);
  RETURN shard;
END $$;

CREATE FUNCTION count_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  mine integer := count_shard();
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE task_counts c SET tasks = c.tasks + s.tasks
    FROM (SELECT n.status, count(*) AS tasks FROM new_tasks n GROUP BY n.status) s
    WHERE c.status = s.status AND c.shard = mine;
  ELSIF TG_OP = 'DELETE' THEN
    UPDATE task_counts c SET tasks = c.tasks - s.tasks
    FROM (SELECT o.status, count(*) AS tasks FROM old_tasks o GROUP BY o.status) s
    WHERE c.status = s.status AND c.shard = mine;
  ELSE
    UPDATE task_counts c SET tasks = c.tasks + s.tasks
    FROM (SELECT u.status, sum(u.tasks) AS tasks
          FROM (SELECT n.status, 1 AS tasks FROM new_tasks n UNION ALL SELECT o.status, -1 FROM old_tasks o) u
          GROUP BY u.status HAVING sum(u.tasks) <> 0) s
    WHERE c.status = s.status AND c.shard = mine;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER count_new_tasks AFTER INSERT ON tasks
REFERENCING NEW TABLE AS new_tasks FOR EACH STATEMENT EXECUTE FUNCTION count_tasks();
CREATE TRIGGER count_changed_tasks AFTER UPDATE ON tasks
REFERENCING OLD TABLE AS old_tasks NEW TABLE AS new_tasks FOR EACH STATEMENT EXECUTE FUNCTION count_tasks();
CREATE TRIGGER count_removed_tasks AFTER DELETE ON tasks
REFERENCING OLD TABLE AS old_tasks FOR EACH STATEMENT EXECUTE FUNCTION count_tasks();

-- The last term that took leadership: older ones change nothing.
CREATE TABLE leadership (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  term     bigint NOT NULL
);
INSERT INTO leadership (term) VALUES (0);
