package io.slipway.database.sqlite;

/** A statement in SQLite's words; one that only reads may run on a reader's connection. */
record SqliteStatement(String text, boolean reads) {}
