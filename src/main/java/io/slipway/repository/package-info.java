/**
 * The use cases of a registry – blobs, manifests, tags, referrers, catalog – with no HTTP in them.
 *
 * <p>May use {@code oci}, {@code runtime}, {@code event}, {@code blob}, {@code metadata} and {@code
 * upload}.
 */
@NullMarked
package io.slipway.repository;

import org.jspecify.annotations.NullMarked;
