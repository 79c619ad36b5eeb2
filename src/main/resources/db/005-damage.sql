-- Why a blob or a manifest is not served, and since when; a push heals it.
ALTER TABLE blob ADD COLUMN damage TEXT;
ALTER TABLE blob ADD COLUMN damaged_at BIGINT;
ALTER TABLE manifest ADD COLUMN damage TEXT;
