/**
 * The words of the OCI specifications as immutable values: digests, names, tags, descriptors,
 * manifests, ranges, errors.
 *
 * <p>May use nothing but the JDK and a JSON parser; knows neither Vert.x nor HTTP. Everything here
 * is thread-safe.
 */
@NullMarked
package io.slipway.oci;

import org.jspecify.annotations.NullMarked;
