-- How many uploads somebody has open is counted before one more.
CREATE INDEX upload_actor ON upload (actor) WHERE state IN ('open', 'sealed');
