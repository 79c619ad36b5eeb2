-- How much there is, without counting it (docs/adr/012). An upsert tells by these columns whether it inserted its row.
ALTER TABLE blob ADD COLUMN pushes BIGINT NOT NULL DEFAULT 1;
ALTER TABLE link ADD COLUMN pushes BIGINT NOT NULL DEFAULT 1;
ALTER TABLE manifest ADD COLUMN pushes BIGINT NOT NULL DEFAULT 1;

-- How often a manifest was pushed with a tag: what has or had one is an image.
ALTER TABLE manifest ADD COLUMN tag_pushes BIGINT NOT NULL DEFAULT 0;

-- Whether the last change of a tag found it naming a manifest.
ALTER TABLE tag ADD COLUMN named BOOLEAN NOT NULL DEFAULT FALSE;

DROP INDEX manifest_image_size;

UPDATE manifest SET tag_pushes = 1 WHERE EXISTS
  (SELECT 1 FROM tag_history h WHERE h.repo = manifest.repo AND h.digest = manifest.digest
    AND h.started_at >= manifest.created_at);

-- Sums of a repository, and of everything in the row ''.
-- sized, sized_bytes: manifests that name blobs, and the sum of their image_size, each at most 1 TiB.
CREATE TABLE statistics (
  repo TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  repositories BIGINT NOT NULL DEFAULT 0,
  manifests BIGINT NOT NULL DEFAULT 0,
  images BIGINT NOT NULL DEFAULT 0,
  tags BIGINT NOT NULL DEFAULT 0,
  linked_bytes BIGINT NOT NULL DEFAULT 0,
  blobs BIGINT NOT NULL DEFAULT 0,
  blob_bytes BIGINT NOT NULL DEFAULT 0,
  sized BIGINT NOT NULL DEFAULT 0,
  sized_bytes BIGINT NOT NULL DEFAULT 0,
  hits BIGINT NOT NULL DEFAULT 0,
  misses BIGINT NOT NULL DEFAULT 0,
  pushed_at BIGINT
);

-- What transactions changed and nobody has added to the sums yet; repo is '' for what belongs to none.
CREATE TABLE statistics_change (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  repo TEXT COLLATE "C" NOT NULL,
  manifests BIGINT NOT NULL,
  images BIGINT NOT NULL,
  tags BIGINT NOT NULL,
  linked_bytes BIGINT NOT NULL,
  blobs BIGINT NOT NULL,
  blob_bytes BIGINT NOT NULL,
  sized BIGINT NOT NULL,
  sized_bytes BIGINT NOT NULL,
  hits BIGINT NOT NULL,
  misses BIGINT NOT NULL,
  pushed_at BIGINT
);

INSERT INTO statistics (repo, manifests, images, sized, sized_bytes, tags, linked_bytes, pushed_at)
SELECT r.name, coalesce(m.manifests, 0), coalesce(m.images, 0), coalesce(m.sized, 0), coalesce(m.sized_bytes, 0),
  coalesce(t.tags, 0), coalesce(l.linked_bytes, 0), m.pushed_at
FROM repository r
LEFT JOIN (SELECT repo, count(*) AS manifests,
    sum(CASE WHEN tag_pushes > 0 THEN 1 ELSE 0 END) AS images,
    sum(CASE WHEN image_size > 0 THEN 1 ELSE 0 END) AS sized,
    sum(CASE WHEN image_size > 1099511627776 THEN 1099511627776 ELSE image_size END) AS sized_bytes,
    max(created_at) AS pushed_at
  FROM manifest GROUP BY repo) m ON m.repo = r.name
LEFT JOIN (SELECT repo, count(*) AS tags FROM tag WHERE digest IS NOT NULL GROUP BY repo) t ON t.repo = r.name
LEFT JOIN (SELECT l.repo, sum(b.size) AS linked_bytes FROM link l JOIN blob b ON b.digest = l.digest GROUP BY l.repo) l
  ON l.repo = r.name;

INSERT INTO statistics (repo, repositories, manifests, images, sized, sized_bytes, tags, linked_bytes, blobs, blob_bytes)
SELECT '', coalesce(sum(CASE WHEN manifests > 0 THEN 1 ELSE 0 END), 0), coalesce(sum(manifests), 0), coalesce(sum(images), 0),
  coalesce(sum(sized), 0), coalesce(sum(sized_bytes), 0), coalesce(sum(tags), 0), coalesce(sum(linked_bytes), 0),
  (SELECT count(*) FROM blob), (SELECT coalesce(sum(size), 0) FROM blob)
FROM statistics;
