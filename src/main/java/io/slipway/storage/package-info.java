/**
 * The long work on stored bytes: copies of the metadata beside them, bytes that lost their name.
 *
 * <p>May use {@code oci}, {@code runtime}, {@code database}, {@code job}, {@code event}, {@code
 * blob}, {@code metadata}, {@code upload} and {@code repository}. Everything here is harmless
 * twice.
 */
@NullMarked
package io.slipway.storage;

import org.jspecify.annotations.NullMarked;
