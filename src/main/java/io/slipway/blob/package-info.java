/**
 * Bytes by place: staged while they arrive, published under their digest, read, deleted.
 *
 * <p>May use {@code oci} and {@code runtime}. Knows nothing of repositories: which bytes are named
 * is the metadata's to decide.
 */
@NullMarked
package io.slipway.blob;

import org.jspecify.annotations.NullMarked;
