/**
 * The database in one SQLite file: one writer thread with group commit, a few reader threads.
 *
 * <p>May use {@code runtime} and {@code database}. Nothing here runs on an event loop; {@link
 * io.slipway.database.sqlite.SqliteDatabase} is the only door.
 */
@NullMarked
package io.slipway.database.sqlite;

import org.jspecify.annotations.NullMarked;
