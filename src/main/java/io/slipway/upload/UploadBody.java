package io.slipway.upload;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.OptionalLong;

/**
 * The body of a request that carries bytes of a blob.
 *
 * @param stream paused, without handlers, used on the context of the caller only
 * @param length what Content-Length announces; empty when the body is chunked
 */
public record UploadBody(ReadStream<Buffer> stream, OptionalLong length) {}
