/**
 * What the registry knows about the bytes: repositories, blobs and who links them, manifests, tags,
 * upload sessions.
 *
 * <p>May use {@code oci}, {@code runtime}, {@code database} and {@code event}. The stores here are
 * small interfaces; {@code .sql} holds them on a database, {@code .cache} decorates them. A method
 * that changes something writes its events in its own transaction.
 */
@NullMarked
package io.slipway.metadata;

import org.jspecify.annotations.NullMarked;
