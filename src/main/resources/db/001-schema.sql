-- What the registry knows about the bytes. Times are milliseconds since 1970 in the database's clock; digests are text
-- ("sha256:…"). Written for PostgreSQL; the SQLite dialect maps the types.

CREATE TABLE repository (
  name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  created_at BIGINT NOT NULL
);

-- One row a digest, whoever links it. location: where the bytes are. damaged: a scrub or a read found them wrong or missing.
CREATE TABLE blob (
  digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  size BIGINT NOT NULL,
  location TEXT COLLATE "C" NOT NULL,
  damaged BOOLEAN NOT NULL DEFAULT FALSE,
  created_at BIGINT NOT NULL,
  touched_at BIGINT NOT NULL,
  moving_to TEXT COLLATE "C",
  moving_by TEXT COLLATE "C"
);
CREATE INDEX blob_location ON blob (location);
CREATE INDEX blob_moving ON blob (moving_to) WHERE moving_to IS NOT NULL;

-- A blob is readable only through a repository that links it.
CREATE TABLE link (
  repo TEXT COLLATE "C" NOT NULL REFERENCES repository (name),
  digest TEXT COLLATE "C" NOT NULL REFERENCES blob (digest),
  touched_at BIGINT NOT NULL,
  PRIMARY KEY (repo, digest)
);
CREATE INDEX link_digest ON link (digest);

-- image_size: the bytes of all blobs it names, as its descriptors say; 0 for an index.
CREATE TABLE manifest (
  repo TEXT COLLATE "C" NOT NULL REFERENCES repository (name),
  digest TEXT COLLATE "C" NOT NULL,
  media_type TEXT NOT NULL,
  artifact_type TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C",
  annotations TEXT NOT NULL,
  size BIGINT NOT NULL,
  image_size BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  touched_at BIGINT NOT NULL,
  pulled_at BIGINT,
  content BYTEA NOT NULL,
  PRIMARY KEY (repo, digest)
);
CREATE INDEX manifest_subject ON manifest (repo, subject, digest) WHERE subject IS NOT NULL;

CREATE INDEX manifest_image_size ON manifest (image_size) WHERE image_size > 0;

-- What a manifest names: kind 'blob' or 'manifest'. No foreign key to what is named: it may be absent where the rules allow it.
CREATE TABLE reference (
  repo TEXT COLLATE "C" NOT NULL,
  manifest TEXT COLLATE "C" NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (repo, manifest, digest, kind),
  FOREIGN KEY (repo, manifest) REFERENCES manifest (repo, digest) ON DELETE CASCADE
);
CREATE INDEX reference_digest ON reference (repo, digest, kind);

-- A deleted tag keeps its row with digest NULL, so that its versions go on. copied: the version whose copy is in the blob store.
CREATE TABLE tag (
  repo TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  digest TEXT COLLATE "C",
  version BIGINT NOT NULL,
  copied BIGINT,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (repo, name),
  FOREIGN KEY (repo, digest) REFERENCES manifest (repo, digest)
);
CREATE INDEX tag_digest ON tag (repo, digest);
CREATE INDEX tag_order ON tag (repo, name) WHERE digest IS NOT NULL;

CREATE TABLE tag_history (
  repo TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  digest TEXT COLLATE "C",
  actor TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (repo, name, version)
);
CREATE INDEX tag_history_digest ON tag_history (repo, digest);

-- Upload sessions: open → sealed → finished, or closed. hash, tail, next_part: how far stored parts got, where parts are used.
CREATE TABLE upload (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  repo TEXT COLLATE "C" NOT NULL,
  actor TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  epoch BIGINT NOT NULL,
  size BIGINT NOT NULL,
  digest TEXT COLLATE "C",
  hash BYTEA,
  tail BYTEA,
  next_part BIGINT NOT NULL DEFAULT 1,
  writer TEXT,
  beat_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX upload_state ON upload (state, beat_at);

-- Bytes are deleted because of a row here, never because of a message or a listing alone.
CREATE TABLE trash (
  location TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  due BIGINT NOT NULL,
  claimed_by TEXT,
  claimed_at BIGINT,
  buried_at BIGINT
);
CREATE INDEX trash_due ON trash (due);

-- Events written with the change; a relay turns them into one delivery per subscriber.
CREATE TABLE outbox (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  type TEXT NOT NULL,
  payload TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE delivery (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  subscriber TEXT COLLATE "C" NOT NULL,
  event_id TEXT NOT NULL,
  type TEXT NOT NULL,
  payload TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0,
  error TEXT,
  dead BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX delivery_next ON delivery (subscriber, dead, next_at);

-- What has to be copied into the blob store, so that the database can be rebuilt: kind 'tag' or 'manifest'.
CREATE TABLE copy_due (
  kind TEXT COLLATE "C" NOT NULL,
  repo TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  due BIGINT NOT NULL,
  PRIMARY KEY (kind, repo, name)
);
CREATE INDEX copy_due_due ON copy_due (due);

CREATE TABLE setting (
  name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  value TEXT NOT NULL,
  version BIGINT NOT NULL
);

CREATE TABLE lease (
  name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  holder TEXT NOT NULL,
  token BIGINT NOT NULL,
  until BIGINT NOT NULL
);
