-- Who may do what (R5). The row 'access' of setting has the version of all of it: each change adds one, first of all, so changes wait for one another.

-- kind: user, robot. password: bcrypt, NULL for who signs in by other means. version: of the credentials, taken from the row 'access', so a name that is used again gets another.
CREATE TABLE account (
  name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  role TEXT NOT NULL,
  password TEXT,
  version BIGINT NOT NULL,
  description TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT
);

-- hash: SHA-256 of the key, in hex.
CREATE TABLE access_key (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  account TEXT COLLATE "C" NOT NULL REFERENCES account (name) ON DELETE CASCADE,
  hash TEXT NOT NULL,
  description TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT
);
CREATE INDEX access_key_account ON access_key (account);

CREATE TABLE access_group (
  name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  created_at BIGINT NOT NULL
);

-- Members may be people of an htpasswd file, so they need no account.
CREATE TABLE group_member (
  name TEXT COLLATE "C" NOT NULL REFERENCES access_group (name) ON DELETE CASCADE,
  member TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (name, member)
);

-- subject: a pattern of names, group:NAME or anonymous. permissions: words with commas between.
CREATE TABLE policy (
  repository TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  permissions TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (repository, subject)
);
