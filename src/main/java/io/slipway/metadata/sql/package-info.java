/**
 * The metadata stores on a SQL database.
 *
 * <p>The order of every change: lock, then look, in sorted order; the row locks are what makes it
 * hold under READ COMMITTED.
 */
@NullMarked
package io.slipway.metadata.sql;

import org.jspecify.annotations.NullMarked;
