/**
 * The distribution API: one handler class per operation, one line per operation in {@link
 * io.slipway.http.v2.Routes}, one path parser in front.
 *
 * <p>May use {@code oci}, {@code runtime}, {@code auth}, {@code upload}, {@code repository}, the
 * root of {@code http}, and the values that those hand out. Everything here runs on the event loop
 * of its request.
 */
@NullMarked
package io.slipway.http.v2;

import org.jspecify.annotations.NullMarked;
