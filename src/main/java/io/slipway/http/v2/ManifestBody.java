package io.slipway.http.v2;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.Manifest;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.Durations;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the body of a manifest push, counting what really arrives: clients send it chunked, and
 * lengths can be wrong. Belongs to the context of the request.
 */
final class ManifestBody {
  private final HttpServerRequest request;
  private final BodyBudget budget;
  private final Duration patience;
  private final Promise<Buffer> promise = Promise.promise();
  private @Nullable Buffer content;
  private long taken;
  private boolean released;

  /**
   * Makes one that reads nothing yet.
   *
   * @param patience how long it may take to come: what it has keeps others waiting
   */
  ManifestBody(HttpServerRequest request, BodyBudget budget, Duration patience) {
    this.request = request;
    this.budget = budget;
    this.patience = patience;
  }

  /**
   * Reads the body; fails with {@code MANIFEST_TOO_LARGE} or {@code UNAVAILABLE} and then stops
   * reading.
   */
  Future<Buffer> read() {
    Vertx vertx = Objects.requireNonNull(Vertx.currentContext()).owner();
    long timer = vertx.setTimer(patience.toMillis(), ignored -> stop(tooSlow()));
    // Whatever the reason, a chunk that is none among them: Vert.x closes the connection.
    request.exceptionHandler(
        cause -> promise.tryFail(new HttpClosedException(String.valueOf(cause.getMessage()))));
    request.handler(this::add);
    request.endHandler(
        ignored -> {
          Buffer whole = content;
          promise.tryComplete(whole == null ? Buffer.buffer() : whole);
        });
    // It was held while nobody knew who sends it.
    request.resume();
    return promise.future().onComplete(ignored -> vertx.cancelTimer(timer));
  }

  private void add(Buffer bytes) {
    if (released || promise.future().isComplete()) {
      return;
    }
    long length = taken + bytes.length();
    if (length > Manifest.MAX_BYTES) {
      stop(tooLarge());
    } else if (!budget.take(bytes.length())) {
      stop(
          new RegistryException(
              ErrorCode.UNAVAILABLE,
              "tried to read the manifest but too many are being pushed just now; try again"));
    } else {
      taken = length;
      Buffer before = content;
      // Most manifests arrive in one piece, which needs no copy.
      content = before == null ? bytes : joined(before, bytes);
    }
  }

  private static Buffer joined(Buffer before, Buffer bytes) {
    return before.length() > bytes.length() && before.length() > 64 * 1024
        ? before.appendBuffer(bytes)
        : Buffer.buffer(2 * (before.length() + bytes.length()))
            .appendBuffer(before)
            .appendBuffer(bytes);
  }

  private void stop(RegistryException refused) {
    request.pause();
    promise.tryFail(refused);
  }

  private RegistryException tooSlow() {
    return new RegistryException(
        ErrorCode.UNAVAILABLE,
        "tried to read the manifest but it did not come within "
            + Durations.format(patience)
            + "; try again");
  }

  static RegistryException tooLarge() {
    return new RegistryException(
        ErrorCode.MANIFEST_TOO_LARGE,
        "tried to store the manifest but it has more than " + Manifest.MAX_BYTES + " bytes",
        Map.of("limit", Manifest.MAX_BYTES));
  }

  /** Gives back what the body took; to be called once, when nobody needs the body any more. */
  void release() {
    released = true;
    content = null;
    budget.giveBack(taken);
    taken = 0;
  }
}
