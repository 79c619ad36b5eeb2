package io.slipway.upload;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request that carries bytes of a blob. Belongs to the context of the request.
 *
 * <p>Made in the very call that brings the request: a connection that breaks while the session is
 * looked up would otherwise be noticed by nobody.
 */
public final class UploadBody {
  private final ReadStream<Buffer> stream;
  private final OptionalLong length;
  private @Nullable Throwable torn;
  private @Nullable Consumer<Throwable> onTorn;

  /**
   * Pauses a body until somebody reads it.
   *
   * @param length what Content-Length announces; empty when the body is chunked
   */
  public UploadBody(ReadStream<Buffer> stream, OptionalLong length) {
    this.stream = stream;
    this.length = length;
    stream.pause();
    stream.exceptionHandler(this::tear);
  }

  private void tear(Throwable cause) {
    if (torn == null) {
      torn = cause;
      if (onTorn != null) {
        onTorn.accept(cause);
      }
    }
  }

  OptionalLong length() {
    return length;
  }

  /**
   * Starts reading; the last of the handlers to be called is {@code end} or {@code torn}, and only
   * one of them.
   */
  void read(Consumer<Buffer> bytes, Runnable end, Consumer<Throwable> whenTorn) {
    if (torn != null) {
      whenTorn.accept(torn);
      return;
    }
    onTorn = whenTorn;
    stream.handler(bytes::accept);
    stream.endHandler(
        ignored -> {
          onTorn = null;
          end.run();
        });
    stream.resume();
  }

  void pause() {
    stream.pause();
  }

  void resume() {
    stream.resume();
  }

  /** Stops reading; whoever answers the request decides what becomes of the rest. */
  void leave() {
    onTorn = null;
    stream.handler(null);
    stream.endHandler(null);
    stream.pause();
  }
}
