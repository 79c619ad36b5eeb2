/**
 * The database in PostgreSQL, through Vert.x's client: a few pipelined connections for single
 * statements, a pool for transactions.
 *
 * <p>May use {@code runtime} and {@code database}. {@link
 * io.slipway.database.postgres.PostgresDatabase} is the only door. Every wait is bounded: for a
 * connection, for a lock, for a statement, for a transaction's next statement.
 */
@NullMarked
package io.slipway.database.postgres;

import org.jspecify.annotations.NullMarked;
