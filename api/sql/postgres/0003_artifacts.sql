-- Files of circuits, in pieces of one length but for the last. A file is there once it has its row in artifacts; before
-- that it is an upload.

CREATE TABLE artifact_uploads (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  begun_at timestamptz NOT NULL DEFAULT now()
);

-- The bytes hardly compress: points of a curve.
CREATE TABLE artifact_chunks (
  upload_id bigint NOT NULL REFERENCES artifact_uploads (id) ON DELETE CASCADE,
  number    bigint NOT NULL,
  bytes     bytea NOT NULL,
  PRIMARY KEY (upload_id, number)
);
ALTER TABLE artifact_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE artifacts (
  digest      text PRIMARY KEY,
  upload_id   bigint NOT NULL UNIQUE REFERENCES artifact_uploads (id),
  size_bytes  bigint NOT NULL,
  chunk_bytes bigint NOT NULL CHECK (chunk_bytes > 0),
  created_at  timestamptz NOT NULL DEFAULT now()
);
