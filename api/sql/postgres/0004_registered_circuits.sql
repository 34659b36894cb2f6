-- Circuits that clients register: version 1, 2, ... of a circuit_type, with a witness program. Version 0: built in.
ALTER TABLE circuits ADD COLUMN version bigint NOT NULL DEFAULT 0;
ALTER TABLE circuits ADD COLUMN program_digest text NOT NULL DEFAULT '';
-- A proof made with its key has been verified. Until then, `failure` says why three attempts or more got none.
ALTER TABLE circuits ADD COLUMN proven boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX circuits_by_version ON circuits (circuit_type, version) WHERE version > 0;

-- Failures of a task's own inputs, time or size say nothing about its circuit, nor do those of one worker. One leader at a time ends tasks, so that
-- these updates do not meet.
CREATE FUNCTION judge_circuit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status = 'completed' THEN
    UPDATE circuits SET proven = true, failure = '' WHERE id = NEW.circuit_id AND NOT proven;
  ELSE
    UPDATE circuits SET failure = coalesce(nullif(NEW.failure_message, ''), NEW.failure_code)
    WHERE id = NEW.circuit_id AND version > 0 AND NOT proven;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER judge_circuit AFTER UPDATE OF status ON tasks FOR EACH ROW
WHEN (NEW.status = 'completed' OR NEW.status = 'failed' AND NEW.failure_code = 'attempts_exhausted' AND NEW.max_attempts >= 3)
EXECUTE FUNCTION judge_circuit();

-- The next version of a circuit; or the one that has these three files already, which is tried again if it has failed.
-- Who registers holds (7201, 4) until the transaction ends, so that versions have no gap and none is taken twice.
CREATE FUNCTION register_circuit(
  new_type text, new_circuit_digest text, new_key_digest text, new_program_digest text, new_verification_key text,
  new_setup_kind text, new_constraint_count bigint, new_memory_bytes bigint, now timestamptz)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  standing text;
  next_version bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(7201, 4);
  SELECT c.id INTO standing FROM circuits c
  WHERE c.circuit_type = new_type AND c.circuit_digest = new_circuit_digest AND c.key_digest = new_key_digest
    AND c.program_digest = new_program_digest;
  IF FOUND THEN
    UPDATE circuits SET failure = '' WHERE id = standing AND failure <> '';
    RETURN standing;
  END IF;
  SELECT coalesce(max(c.version), 0) + 1 INTO next_version FROM circuits c WHERE c.circuit_type = new_type;
  INSERT INTO circuits (id, circuit_type, version, ready, circuit_digest, key_digest, program_digest,
                        verification_key_json, setup_kind, constraint_count, memory_bytes, created_at)
  VALUES (new_type || '@' || next_version, new_type, next_version, true, new_circuit_digest, new_key_digest,
          new_program_digest, new_verification_key, new_setup_kind, new_constraint_count, new_memory_bytes, now);
  RETURN new_type || '@' || next_version;
END $$;
