/**
 * What any Vert.x service needs and nothing that names an image. A closed list: configuration,
 * {@code Secret}, {@code DataSize}, TLS files, typed bus addresses, pollers that such a hint wakes,
 * health, metrics, percent codes of URLs, reading of sockets, promises kept on their maker's
 * context.
 *
 * <p>May use no other package of ours.
 */
@NullMarked
package io.slipway.runtime;

import org.jspecify.annotations.NullMarked;
