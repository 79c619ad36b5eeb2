/**
 * Bytes of manifests in Redis, which may be down, slow, full or wrong and costs only speed then.
 *
 * <p>Only {@code server} names it; others see {@link io.slipway.metadata.ManifestBytes}.
 */
@NullMarked
package io.slipway.metadata.redis;

import org.jspecify.annotations.NullMarked;
