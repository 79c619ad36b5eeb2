-- The keys by which the registry signs tokens (R5.1). public_key: a JWK. private_key: sealed with auth.secret, or with the secret of one data folder; other nodes verify by public_key only. All times in milliseconds since 1970.
CREATE TABLE token_key (
  kid TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  public_key TEXT NOT NULL,
  private_key TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  signs_until BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
