/**
 * What makes one registry of many nodes: Hazelcast, which tells who is there, and what it keeps for
 * them. Nothing that is decided is decided here.
 *
 * <p>May use what {@code server} may; loaded only by a node that has {@code cluster.enabled}.
 */
@NullMarked
package io.slipway.server.cluster;

import org.jspecify.annotations.NullMarked;
