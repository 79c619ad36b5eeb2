/**
 * Who is asking, and what they may do.
 *
 * <p>May use {@code oci}, {@code runtime}, {@code database}, {@code event}.
 */
@NullMarked
package io.slipway.auth;

import org.jspecify.annotations.NullMarked;
