package io.slipway.clients.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * What a client saw of one request.
 *
 * @param status of the answer; {@link #BROKEN} when it broke off
 * @param retryAfter whether the client was told to come back
 * @param detail the answer's text, or why it broke off
 */
record Outcome(int status, boolean retryAfter, Duration took, String detail) {
  /** Stands for an answer that was not complete, which its client can tell. */
  static final int BROKEN = 0;

  private static final int LONGEST_TEXT = 1000;

  /** Sends a request and tells what became of it. */
  static Outcome of(Supplier<HttpResponse<?>> request) {
    long start = System.nanoTime();
    try {
      HttpResponse<?> answer = request.get();
      boolean retryAfter = answer.headers().firstValue("Retry-After").isPresent();
      return new Outcome(answer.statusCode(), retryAfter, since(start), text(answer));
    } catch (UncheckedIOException e) {
      return new Outcome(BROKEN, false, since(start), String.valueOf(e.getCause()));
    }
  }

  private static String text(HttpResponse<?> answer) {
    return answer.statusCode() >= 300 && answer.body() instanceof byte[] body
        ? new String(body, 0, Math.min(body.length, LONGEST_TEXT), UTF_8)
        : "";
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** Returns what stands in the table. */
  String text() {
    return status == BROKEN ? "breaks off" : String.valueOf(status);
  }
}
