/**
 * What clients see while a dependency of the registry is away, slow, cut off or full: the fault
 * table, made by faulty links between the registry and real servers.
 */
@NullMarked
package io.slipway.clients.faults;

import org.jspecify.annotations.NullMarked;
