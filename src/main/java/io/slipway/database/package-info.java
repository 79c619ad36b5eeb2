/**
 * Statements, transactions and migrations on a SQL database; the database decides, everything else
 * only speeds things up.
 *
 * <p>May use {@code runtime}. SQL is written once, for PostgreSQL; each implementation rewrites
 * what its dialect says differently.
 */
@NullMarked
package io.slipway.database;

import org.jspecify.annotations.NullMarked;
