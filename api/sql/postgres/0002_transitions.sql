-- How rows are changed: one function for each transition, which names the state that it expects and, if it is a
-- leader's, the term that it acts under. PL/pgSQL at READ COMMITTED: each statement of a function sees what was
-- committed before that statement began, so what follows a lock sees what the lock's last holder did.
--
-- Advisory locks, held until the transaction ends. Unlike row locks they are granted in the order of asking, and
-- write nothing.
--   (7201, 1)  leadership: shared by every transition of a leader's, alone for a change of leader
--   (7201, 2)  circuits to be made: shared by submissions that want one, alone for giving one up
--   (7201, 3)  the queue's limit: see enter_queue
-- Error ZK001: a newer term has taken over.

-- Nobody takes over between this and the end of the transaction.
CREATE FUNCTION fence(acting_term bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  last_term bigint;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7201, 1);
  SELECT l.term INTO STRICT last_term FROM leadership l;
  IF acting_term < last_term THEN
    RAISE EXCEPTION 'term %: term % has taken over', acting_term, last_term USING ERRCODE = 'ZK001';
  END IF;
END $$;

-- Waits for the transactions of the last leader, briefly: see evict_leaders.
CREATE FUNCTION take_leadership(new_term bigint) RETURNS void LANGUAGE plpgsql SET lock_timeout = '300ms' AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7201, 1);
  UPDATE leadership SET term = new_term WHERE term <= new_term;
  IF NOT FOUND THEN
    PERFORM fence(new_term);
  END IF;
END $$;

-- Ends the connections whose transactions keep a new leader out: a leader that stands still, or is cut off, in the
-- middle of one holds its lock until somebody notices.
CREATE FUNCTION evict_leaders() RETURNS bigint LANGUAGE sql AS $$
  SELECT count(pg_terminate_backend(l.pid))
  FROM pg_locks l
  WHERE l.locktype = 'advisory' AND l.granted AND l.pid <> pg_backend_pid()
    AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
    AND l.classid = 7201 AND l.objid = 1 AND l.objsubid = 2
$$;

CREATE FUNCTION count_pending() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT sum(c.tasks)::bigint FROM task_counts c WHERE c.status = 'pending');
END $$;

-- The number of tasks that wait, for a comparison with the limit. A count does not see what others have not committed
-- yet. So near the limit one transaction submits at a time, and the count is exact; far from it (more than 16 full
-- batches) all submit at once. Decided once in a transaction: going from shared to alone could deadlock.
CREATE FUNCTION enter_queue(most_pending bigint) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('zkp.in_queue', true) IS DISTINCT FROM 'yes' THEN
    IF count_pending() + 4096 < most_pending THEN
      PERFORM pg_advisory_xact_lock_shared(7201, 3);
    ELSE
      PERFORM pg_advisory_xact_lock(7201, 3);
    END IF;
    PERFORM set_config('zkp.in_queue', 'yes', true);
  END IF;
  RETURN count_pending();
END $$;

-- True if the circuit was not wanted before. The lock keeps a circuit from being given up, with the tasks that wait for
-- it, between its row's being read here and the task's being committed.
CREATE FUNCTION want_circuit(wanted text, wanted_type text, now timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM circuits c WHERE c.id = wanted AND c.ready;
  IF FOUND THEN
    RETURN false;
  END IF;
  PERFORM pg_advisory_xact_lock_shared(7201, 2);
  INSERT INTO circuits (id, circuit_type, created_at) VALUES (wanted, wanted_type, now) ON CONFLICT (id) DO NOTHING;
  IF NOT FOUND THEN
    UPDATE circuits SET failure = '' WHERE id = wanted AND failure <> '';
  END IF;
  RETURN FOUND;
END $$;

-- outcome: created; earlier, with the task that has the same idempotency key; key_taken, by another request; id_taken;
-- full.
CREATE FUNCTION submit_task(
  new_id uuid, new_circuit_type text, new_circuit text, new_sealed bytea, new_priority bigint,
  new_max_attempts bigint, new_rank bigint, now timestamptz, deadline timestamptz, new_key text, new_digest text,
  most_pending bigint, OUT outcome text, OUT earlier_id uuid, OUT pending bigint, OUT newly_wanted boolean)
LANGUAGE plpgsql AS $$
DECLARE
  earlier_digest text;
BEGIN
  LOOP
    SELECT t.id, t.request_digest INTO earlier_id, earlier_digest FROM tasks t WHERE t.idempotency_key = new_key;
    IF FOUND THEN
      outcome := CASE WHEN earlier_digest = new_digest THEN 'earlier' ELSE 'key_taken' END;
      RETURN;
    END IF;
    PERFORM FROM tasks t WHERE t.id = new_id;
    IF FOUND THEN
      outcome := 'id_taken';
      RETURN;
    END IF;
    pending := enter_queue(most_pending);
    IF pending >= most_pending THEN
      outcome := 'full';
      RETURN;
    END IF;
    INSERT INTO tasks (id, status, circuit_type, circuit_id, priority, max_attempts, queue_rank, created_at, not_before,
                       deadline_at, idempotency_key, request_digest)
    VALUES (new_id, 'pending', new_circuit_type, new_circuit, new_priority, new_max_attempts, new_rank, now, now,
            deadline, new_key, new_digest)
    ON CONFLICT (idempotency_key) DO NOTHING;
    EXIT WHEN FOUND;  -- or else the key was taken just now: by whom, and for what?
  END LOOP;
  INSERT INTO task_inputs (task_id, sealed) VALUES (new_id, new_sealed);
  newly_wanted := want_circuit(new_circuit, new_circuit_type, now);
  outcome := 'created';
END $$;

-- Notes how the attempts of a task that still run have ended.
CREATE FUNCTION end_attempts(ended_task uuid, ended_outcome text, now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE attempts SET ended_at = now, outcome = ended_outcome WHERE task_id = ended_task AND ended_at IS NULL;
END $$;

-- No row: there is no such task.
CREATE FUNCTION cancel_task(cancelled_id uuid, now timestamptz)
RETURNS TABLE (applied boolean, task tasks) LANGUAGE plpgsql AS $$
BEGIN
  UPDATE tasks t SET status = 'cancelled', finished_at = now
  WHERE t.id = cancelled_id AND t.status IN ('pending', 'assigned', 'running');
  applied := FOUND;
  IF applied THEN
    PERFORM end_attempts(cancelled_id, 'cancelled', now);
  END IF;
  RETURN QUERY SELECT applied, t FROM tasks t WHERE t.id = cancelled_id;
END $$;

-- First the tasks of claims whose answers were lost on their way, then new ones, in the order of the queue, which stops
-- at the limit, whatever the planner believes of the tables.
CREATE FUNCTION claim_tasks(acting_term bigint, most bigint, now timestamptz, this_claim bigint, lost_claims bigint[])
RETURNS TABLE (task tasks, key_memory_bytes bigint, sealed bytea) LANGUAGE plpgsql
SET enable_sort = off SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off
SET enable_mergejoin = off AS $$
DECLARE
  found_again bigint := 0;
BEGIN
  PERFORM fence(acting_term);
  IF cardinality(lost_claims) > 0 THEN
    UPDATE tasks SET claim = this_claim WHERE id IN (
      SELECT t.id FROM tasks t
      WHERE t.status = 'assigned' AND t.worker_id = '' AND t.claim = ANY (lost_claims)
      LIMIT most);
    GET DIAGNOSTICS found_again = ROW_COUNT;
    RETURN QUERY
    SELECT t, c.memory_bytes, i.sealed
    FROM tasks t JOIN circuits c ON c.id = t.circuit_id JOIN task_inputs i ON i.task_id = t.id
    WHERE t.status = 'assigned' AND t.claim = this_claim;
  END IF;
  RETURN QUERY
  WITH next AS (
    SELECT t.id FROM tasks t JOIN circuits c ON c.id = t.circuit_id
    WHERE t.status = 'pending' AND t.not_before <= now AND (t.deadline_at IS NULL OR t.deadline_at > now) AND c.ready
    ORDER BY t.queue_rank, t.id LIMIT most - found_again FOR UPDATE OF t SKIP LOCKED
  ), claimed AS (
    UPDATE tasks t SET status = 'assigned', attempt = t.attempt + 1, claim = this_claim, worker_id = '',
      assigned_at = now
    FROM next WHERE t.id = next.id RETURNING t AS task, t.id, t.circuit_id
  )
  SELECT d.task, c.memory_bytes, i.sealed
  FROM claimed d JOIN circuits c ON c.id = d.circuit_id JOIN task_inputs i ON i.task_id = d.id;
END $$;

-- Transitions of one task: true if it happened, false if the task is terminal or another attempt stands.

CREATE FUNCTION assign_task(acting_term bigint, assigned_id uuid, assigned_attempt bigint, worker text, now timestamptz)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fence(acting_term);
  UPDATE tasks SET worker_id = worker
  WHERE id = assigned_id AND attempt = assigned_attempt AND status = 'assigned' AND worker_id = '';
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO attempts (task_id, attempt, worker_id, term, assigned_at)
  VALUES (assigned_id, assigned_attempt, worker, acting_term, now);
  RETURN true;
END $$;

CREATE FUNCTION start_task(acting_term bigint, started_id uuid, started_attempt bigint, now timestamptz)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fence(acting_term);
  UPDATE tasks SET status = 'running', started_at = now
  WHERE id = started_id AND attempt = started_attempt AND status = 'assigned';
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE attempts SET started_at = now WHERE task_id = started_id AND attempt = started_attempt;
  RETURN true;
END $$;

-- The attempt that made the proof has completed, even if it had been given up; any other that runs has not.
CREATE FUNCTION complete_task(acting_term bigint, completed_id uuid, completed_attempt bigint, proof text, signals text,
                              now timestamptz)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fence(acting_term);
  UPDATE tasks t SET status = 'completed', progress = 1, finished_at = now, proof_json = proof,
    public_signals_json = signals,
    circuit_digest = coalesce((SELECT c.circuit_digest FROM circuits c WHERE c.id = t.circuit_id), ''),
    key_digest = coalesce((SELECT c.key_digest FROM circuits c WHERE c.id = t.circuit_id), '')
  WHERE t.id = completed_id AND t.status IN ('pending', 'assigned', 'running');
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE attempts SET ended_at = now, outcome = 'completed'
  WHERE task_id = completed_id AND attempt = completed_attempt;
  PERFORM end_attempts(completed_id, 'superseded', now);
  RETURN true;
END $$;

-- A claim that no worker got leaves its number in the history too, so that attempts have no gap.
CREATE FUNCTION release_task(acting_term bigint, released_id uuid, released_attempt bigint, again_at timestamptz,
                             spent bigint, floor_bytes bigint, how text, now timestamptz)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  worker text;
BEGIN
  PERFORM fence(acting_term);
  UPDATE tasks SET status = 'pending', not_before = again_at, failures = failures + spent, progress = 0,
    memory_floor_bytes = greatest(memory_floor_bytes, floor_bytes), assigned_at = NULL, started_at = NULL
  WHERE id = released_id AND attempt = released_attempt AND status IN ('assigned', 'running')
  RETURNING worker_id INTO worker;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  IF worker = '' THEN
    INSERT INTO attempts (task_id, attempt, worker_id, term, assigned_at, ended_at, outcome)
    VALUES (released_id, released_attempt, '', acting_term, now, now, how);
  ELSE
    PERFORM end_attempts(released_id, how, now);
  END IF;
  RETURN true;
END $$;

CREATE FUNCTION fail_task(acting_term bigint, failed_id uuid, failed_attempt bigint, code text, why text,
                          now timestamptz)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fence(acting_term);
  UPDATE tasks SET status = 'failed', finished_at = now, failure_code = code, failure_message = why
  WHERE id = failed_id AND attempt = failed_attempt AND status IN ('pending', 'assigned', 'running');
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM end_attempts(failed_id, code, now);
  RETURN true;
END $$;

-- Transitions of many tasks leave out those that another transaction is changing just now, and so wait for none. The
-- next call finds them.

-- The tasks whose progress was noted, with their states.
CREATE FUNCTION note_progress(acting_term bigint, ids uuid[], of_attempts bigint[], fractions double precision[])
RETURNS TABLE (task_id uuid, task_status text) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fence(acting_term);
  RETURN QUERY
  WITH reported AS (
    SELECT t.id, r.fraction
    FROM unnest(ids, of_attempts, fractions) AS r (id, attempt, fraction)
    JOIN tasks t ON t.id = r.id AND t.attempt = r.attempt AND t.status IN ('assigned', 'running')
    FOR UPDATE OF t SKIP LOCKED
  )
  UPDATE tasks t SET progress = r.fraction FROM reported r WHERE t.id = r.id RETURNING t.id, t.status;
END $$;

CREATE FUNCTION fail_overdue(acting_term bigint, most bigint, code text, why text, now timestamptz)
RETURNS SETOF uuid LANGUAGE plpgsql AS $$
DECLARE
  overdue uuid;
BEGIN
  PERFORM fence(acting_term);
  FOR overdue IN
    SELECT t.id FROM tasks t WHERE t.finished_at IS NULL AND t.deadline_at <= now
    ORDER BY t.deadline_at LIMIT most FOR UPDATE SKIP LOCKED
  LOOP
    UPDATE tasks SET status = 'failed', finished_at = now, failure_code = code, failure_message = why
    WHERE id = overdue;
    PERFORM end_attempts(overdue, code, now);
    RETURN NEXT overdue;
  END LOOP;
END $$;

-- True if this one was published, false if another was before.
CREATE FUNCTION publish_circuit(
  acting_term bigint, new_id text, new_type text, new_circuit_digest text, new_key_digest text,
  new_verification_key text, new_setup_kind text, new_constraint_count bigint, new_memory_bytes bigint, now timestamptz)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fence(acting_term);
  INSERT INTO circuits AS c (id, circuit_type, ready, circuit_digest, key_digest, verification_key_json, setup_kind,
                             constraint_count, memory_bytes, created_at)
  VALUES (new_id, new_type, true, new_circuit_digest, new_key_digest, new_verification_key, new_setup_kind,
          new_constraint_count, new_memory_bytes, now)
  ON CONFLICT (id) DO UPDATE SET
    circuit_type = excluded.circuit_type, ready = true, failure = '', circuit_digest = excluded.circuit_digest,
    key_digest = excluded.key_digest, verification_key_json = excluded.verification_key_json,
    setup_kind = excluded.setup_kind, constraint_count = excluded.constraint_count,
    memory_bytes = excluded.memory_bytes
  WHERE NOT c.ready;
  RETURN FOUND;
END $$;

-- Alone with the circuits to be made: a task that is being submitted is seen here, or makes its circuit wanted again.
CREATE FUNCTION fail_circuit(acting_term bigint, failed_circuit text, code text, why text, now timestamptz)
RETURNS SETOF uuid LANGUAGE plpgsql AS $$
DECLARE
  waiting uuid;
BEGIN
  PERFORM fence(acting_term);
  PERFORM pg_advisory_xact_lock(7201, 2);
  UPDATE circuits SET failure = coalesce(nullif(why, ''), code) WHERE id = failed_circuit AND NOT ready;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  FOR waiting IN
    UPDATE tasks t SET status = 'failed', finished_at = now, failure_code = code, failure_message = why
    WHERE t.circuit_id = failed_circuit AND t.status = 'pending' RETURNING t.id
  LOOP
    PERFORM end_attempts(waiting, code, now);
    RETURN NEXT waiting;
  END LOOP;
END $$;

CREATE FUNCTION remove_finished(acting_term bigint, ended_before timestamptz, most bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  removed bigint;
BEGIN
  PERFORM fence(acting_term);
  DELETE FROM tasks WHERE id IN (
    SELECT t.id FROM tasks t WHERE t.finished_at < ended_before
    ORDER BY t.finished_at LIMIT most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS removed = ROW_COUNT;
  RETURN removed;
END $$;
