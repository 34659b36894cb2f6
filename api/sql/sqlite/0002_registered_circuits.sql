-- Circuits that clients register: version 1, 2, ... of a circuit_type, with a witness program. Version 0: built in.
ALTER TABLE circuits ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE circuits ADD COLUMN program_digest TEXT NOT NULL DEFAULT '';
-- A proof made with its key has been verified. Until then, `failure` says why three attempts or more got none.
ALTER TABLE circuits ADD COLUMN proven INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX circuits_by_version ON circuits (circuit_type, version) WHERE version > 0;

CREATE TRIGGER circuit_is_proven AFTER UPDATE OF status ON tasks WHEN NEW.status = 'completed' BEGIN
  UPDATE circuits SET proven = 1, failure = '' WHERE id = NEW.circuit_id AND proven = 0;
END;
-- Failures of a task's own inputs, time or size say nothing about its circuit, nor do those of one worker.
CREATE TRIGGER circuit_has_failed AFTER UPDATE OF status ON tasks
WHEN NEW.status = 'failed' AND NEW.failure_code = 'attempts_exhausted' AND NEW.max_attempts >= 3 BEGIN
  UPDATE circuits SET failure = coalesce(nullif(NEW.failure_message, ''), NEW.failure_code)
  WHERE id = NEW.circuit_id AND version > 0 AND proven = 0;
END;
