package io.slipway.upload;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.Objects;
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
  private final Consumer<Boolean> reading;
  private final Context context;
  private @Nullable Throwable torn;
  private @Nullable Consumer<Throwable> onTorn;
  private boolean paused = true;
  private boolean flowing;
  private int looks;

  /**
   * Pauses a body until somebody reads it.
   *
   * @param length what Content-Length announces; empty when the body is chunked
   * @param reading told whether more is to be read from the connection, for a paused stream goes on
   *     with that for a while
   */
  public UploadBody(ReadStream<Buffer> stream, OptionalLong length, Consumer<Boolean> reading) {
    this.stream = stream;
    this.length = length;
    this.reading = reading;
    this.context = Objects.requireNonNull(Vertx.currentContext());
    reading.accept(false);
    stream.pause();
    stream.exceptionHandler(this::tear);
  }

  private void tear(Throwable cause) {
    if (torn == null) {
      torn = cause;
      tellTorn();
    }
  }

  /**
   * Tells of the tear after the last byte that arrived before it: some may wait in the stream,
   * which hands them out in later turns of the event loop once it is resumed.
   */
  private void tellTorn() {
    flowing = false;
    looks++;
    int look = looks;
    context.runOnContext(
        ignored -> {
          Consumer<Throwable> listener = onTorn;
          Throwable cause = torn;
          // One that was asked for before the last resume would come before what that brings.
          if (cause == null || listener == null || paused || look != looks) {
            return;
          }
          if (flowing) {
            tellTorn();
          } else {
            onTorn = null;
            listener.accept(cause);
          }
        });
  }

  OptionalLong length() {
    return length;
  }

  /**
   * Starts reading; the last of the handlers to be called is {@code end} or {@code torn}, and only
   * one of them.
   */
  void read(Consumer<Buffer> bytes, Runnable end, Consumer<Throwable> whenTorn) {
    onTorn = whenTorn;
    stream.handler(
        buffer -> {
          flowing = true;
          bytes.accept(buffer);
        });
    stream.endHandler(
        ignored -> {
          onTorn = null;
          end.run();
        });
    resume();
  }

  void pause() {
    paused = true;
    reading.accept(false);
    stream.pause();
  }

  void resume() {
    paused = false;
    reading.accept(true);
    stream.resume();
    if (torn != null) {
      tellTorn();
    }
  }

  /** Stops reading; whoever answers the request decides what becomes of the rest. */
  void leave() {
    onTorn = null;
    reading.accept(true);
    stream.handler(null);
    stream.endHandler(null);
    stream.pause();
  }
}
