package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.testing.Eventually;
import io.slipway.testing.PushClient;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pushes a blob in chunks through whatever happens to the nodes: it asks how far it is and goes on
 * there, and holds the registry to every byte that was acknowledged.
 */
final class ResumingPush {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long BETWEEN_MILLIS = 100;

  private final PushClient client;
  private final String repository;
  private final byte[] blob;
  private final Digest digest;
  private final int chunk;
  private final AtomicInteger resumed;
  private long acknowledged;

  /**
   * Makes one that has not begun.
   *
   * @param resumed counts how often it had to ask
   */
  ResumingPush(
      PushClient client, String repository, byte[] blob, int chunk, AtomicInteger resumed) {
    this.client = client;
    this.repository = repository;
    this.blob = blob;
    this.digest = PushClient.digest(blob);
    this.chunk = chunk;
    this.resumed = resumed;
  }

  /** Pushes it, in one session. */
  void run() {
    String session = PushClient.path(until(202, () -> client.send("POST", uploads())));
    int at = 0;
    while (at < blob.length) {
      at = append(session, at);
    }
    // Whoever repeats the end of an upload gets the same answer.
    until(201, () -> client.finish(session, digest, new byte[0]));
    assertThat(until(200, () -> client.blob(repository, digest)).body()).isEqualTo(blob);
  }

  private String uploads() {
    return "/v2/" + repository + "/blobs/uploads/";
  }

  private int append(String session, int at) {
    byte[] next = Arrays.copyOfRange(blob, at, Math.min(blob.length, at + chunk));
    Optional<HttpResponse<byte[]>> answer = attempt(() -> client.patch(session, at, next));
    if (answer.isPresent() && answer.get().statusCode() == 202) {
      acknowledged = PushClient.received(answer.get());
      assertThat(acknowledged).isEqualTo(at + next.length);
      return (int) acknowledged;
    }
    resumed.incrementAndGet();
    pause();
    return (int) ask(session);
  }

  private long ask(String session) {
    HttpResponse<byte[]> status = until(204, () -> client.send("GET", session));
    long received =
        status.headers().firstValue("Range").isEmpty() ? 0 : PushClient.received(status);
    // Of none and of one byte the API says the same.
    long known = received == 1 && acknowledged == 0 ? 0 : received;
    assertThat(known).as("bytes that were acknowledged").isGreaterThanOrEqualTo(acknowledged);
    return known;
  }

  /** Repeats a request that may be repeated, while nobody can answer it. */
  private static HttpResponse<byte[]> until(int status, Request request) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Optional<HttpResponse<byte[]>> answer = attempt(request);
      if (answer.isPresent() && answer.get().statusCode() == status) {
        return answer.get();
      }
      boolean later =
          answer.isEmpty()
              || answer.get().statusCode() >= 500
              || answer.get().statusCode() == 416
              || answer.get().statusCode() == 429;
      if (!later || System.nanoTime() > end) {
        throw new AssertionError("expected " + status + " but was " + answer);
      }
      pause();
    }
  }

  private static Optional<HttpResponse<byte[]>> attempt(Request request) {
    try {
      return Optional.of(request.send());
    } catch (UncheckedIOException e) {
      return Optional.empty();
    }
  }

  private static void pause() {
    long end = System.nanoTime() + BETWEEN_MILLIS * 1_000_000;
    Eventually.happens("the moment comes", () -> System.nanoTime() >= end);
  }

  /** A request that is sent again. */
  private interface Request {
    HttpResponse<byte[]> send();
  }
}
