/**
 * What happened in the registry, written with the change that made it happen and delivered at least
 * once.
 *
 * <p>May use {@code oci}, {@code runtime} and {@code database}. A change appends its events to the
 * outbox in its own transaction; a relay turns them into deliveries, one per subscriber; the bus
 * message only says "look".
 */
@NullMarked
package io.slipway.event;

import org.jspecify.annotations.NullMarked;
