/**
 * Caches of the metadata.
 *
 * <p>Those for the one process that owns its database are exact, for every change in this process
 * goes through them: a change bumps the generation of the keys it changed, then removes them, then
 * answers; a reader stores what it read only if the generation is still the one it noted before it
 * read. Where other processes change the database, {@link
 * io.slipway.metadata.cache.SharedManifests} keeps nothing but bytes by digest.
 */
@NullMarked
package io.slipway.metadata.cache;

import org.jspecify.annotations.NullMarked;
