/** Access rules in SQL. */
@NullMarked
package io.slipway.auth.sql;

import org.jspecify.annotations.NullMarked;
