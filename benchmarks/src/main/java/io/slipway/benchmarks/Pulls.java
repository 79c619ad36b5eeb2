package io.slipway.benchmarks;

import static io.gatling.javaapi.core.CoreDsl.bodyBytes;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.exitBlockOnFail;
import static io.gatling.javaapi.http.HttpDsl.header;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.httpConcurrentRequests;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.ActionBuilder;
import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.CheckBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.http.HttpRequestActionBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Pulls the image that a session has as {@link #IMAGE}, and fails where a byte is not as pushed.
 */
final class Pulls {
  static final String IMAGE = "image";

  private final Moved moved;

  Pulls(Moved moved) {
    this.moved = moved;
  }

  /** Returns what an engine without any layer does: its blobs come side by side. */
  ChainBuilder pull() {
    List<HttpRequestActionBuilder> blobs =
        IntStream.rangeClosed(0, ImageSource.LAYERS).mapToObj(this::blob).toList();
    return exitBlockOnFail().on(exec(tag(), manifest()).exec(httpConcurrentRequests(blobs)));
  }

  /** Returns the question which digest a tag has. */
  ActionBuilder tag() {
    return http("HEAD manifest by tag")
        .head(session -> image(session).tagPath())
        .header("Accept", Image.MANIFEST_TYPE)
        .check(
            status().is(200),
            header("Docker-Content-Digest").is(session -> image(session).manifest().digest()));
  }

  ActionBuilder manifest() {
    return http("GET manifest")
        .get(session -> image(session).digestPath())
        .header("Accept", Image.MANIFEST_TYPE)
        .check(status().is(200), same(session -> image(session).manifest()));
  }

  private HttpRequestActionBuilder blob(int number) {
    return http(number == 0 ? "GET config" : "GET layer " + number)
        .get(session -> image(session).blobPath(image(session).blobs().get(number)))
        .check(status().is(200), same(session -> image(session).blobs().get(number)));
  }

  /** Compares all bytes, which is cheaper than to hash them and says the same. */
  private CheckBuilder same(Function<Session, Blob> expected) {
    return bodyBytes()
        .transformWithSession(
            (bytes, session) -> {
              moved.receive(bytes.length);
              Blob blob = expected.apply(session);
              return Arrays.equals(bytes, blob.bytes()) ? blob.digest() : Blob.of(bytes).digest();
            })
        .is(session -> expected.apply(session).digest());
  }

  static Image image(Session session) {
    Image image = session.get(IMAGE);
    return Objects.requireNonNull(image, IMAGE);
  }
}
