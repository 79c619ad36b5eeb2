-- Who names a digest is asked for with the digest: without the manifest in it, SQLite would rather read all references of
-- the repository in the primary key, which has every column.
CREATE INDEX reference_named ON reference (repo, digest, kind, manifest);
DROP INDEX reference_digest;
