/**
 * Gives back the space of what nothing needs any more, while everything else goes on.
 *
 * <p>May use everything up to {@code repository}. {@link io.slipway.gc.GarbageCollection} is the
 * door; a run is top to bottom on a virtual thread of its own.
 */
@NullMarked
package io.slipway.gc;

import org.jspecify.annotations.NullMarked;
