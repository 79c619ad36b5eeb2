-- Nodes that work on this database: when each last said so. No row ever lets a node do anything. member: its name in the cluster's membership.
CREATE TABLE node (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  host TEXT NOT NULL,
  member TEXT COLLATE "C" NOT NULL,
  seen_at BIGINT NOT NULL
);

-- The node that is at a delivery: it is given free before its time when that node is known to be dead.
ALTER TABLE delivery ADD COLUMN taken_by TEXT COLLATE "C";

-- Collections and scrubs that somebody asked for. cancelled: somebody wants its end; beat_at: the last sign of life of who does it.
CREATE TABLE run (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  kind TEXT COLLATE "C" NOT NULL,
  worker TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  beat_at BIGINT NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  cancelled BOOLEAN NOT NULL DEFAULT FALSE,
  figures TEXT NOT NULL,
  error TEXT
);
CREATE INDEX run_kind ON run (kind, asked_at);
