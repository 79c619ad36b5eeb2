-- The first; it has two statements.
CREATE TABLE item (name TEXT NOT NULL PRIMARY KEY);
INSERT INTO item (name) VALUES ('semi;colon');
