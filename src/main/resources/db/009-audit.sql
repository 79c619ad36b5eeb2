-- Who did what, and what was refused (R5.4). event: the id of the event, or of the refusal, so that nothing is there twice. subject: a tag, an account, a request; never a secret. times: how often the same was refused.
CREATE TABLE audit (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event TEXT COLLATE "C" NOT NULL,
  happened_at BIGINT NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  address TEXT NOT NULL,
  action TEXT COLLATE "C" NOT NULL,
  outcome TEXT COLLATE "C" NOT NULL,
  repository TEXT COLLATE "C",
  digest TEXT COLLATE "C",
  subject TEXT NOT NULL,
  times BIGINT NOT NULL
);
CREATE UNIQUE INDEX audit_event ON audit (event);
CREATE INDEX audit_time ON audit (happened_at, id);
CREATE INDEX audit_actor ON audit (actor, happened_at, id);
CREATE INDEX audit_action ON audit (action, happened_at, id);
CREATE INDEX audit_outcome ON audit (outcome, happened_at, id);
CREATE INDEX audit_repository ON audit (repository, happened_at, id) WHERE repository IS NOT NULL;
CREATE INDEX audit_digest ON audit (digest, happened_at, id) WHERE digest IS NOT NULL;
