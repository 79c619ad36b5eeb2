-- What the blob store needs to go on with an upload on any node; it replaces hash and tail, which were never used.
ALTER TABLE upload ADD COLUMN resume BYTEA;
ALTER TABLE upload DROP COLUMN hash;
ALTER TABLE upload DROP COLUMN tail;

-- What still lies where it was uploaded and waits to be relocated.
CREATE INDEX blob_unrelocated ON blob (created_at) WHERE location LIKE 'uploads/%';
