/**
 * Everything that speaks HTTP to the outside: one handler class per operation, one responder for
 * errors.
 *
 * <p>May use every package below.
 */
@NullMarked
package io.slipway.http;

import org.jspecify.annotations.NullMarked;
