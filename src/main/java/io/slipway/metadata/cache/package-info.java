/**
 * Caches of the metadata for the one process that owns its database: exact, for every change in
 * this process goes through them.
 *
 * <p>A change bumps the generation of the keys it changed, then removes them, then answers; a
 * reader stores what it read only if the generation is still the one it noted before it read.
 */
@NullMarked
package io.slipway.metadata.cache;

import org.jspecify.annotations.NullMarked;
