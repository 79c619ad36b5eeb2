/**
 * Tokens: what they say, who signs and who believes them (Distribution's "Token Authentication
 * Specification").
 *
 * <p>May use {@code oci}, {@code runtime}, {@code auth}.
 */
@NullMarked
package io.slipway.auth.token;

import org.jspecify.annotations.NullMarked;
