package io.slipway.benchmarks;

import static io.gatling.javaapi.core.CoreDsl.ByteArrayBody;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.exitBlockOnFail;
import static io.gatling.javaapi.core.CoreDsl.foreach;
import static io.gatling.javaapi.core.CoreDsl.repeat;
import static io.gatling.javaapi.http.HttpDsl.header;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;
import static io.slipway.benchmarks.Pulls.image;

import io.gatling.javaapi.core.ActionBuilder;
import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.http.HttpRequestActionBuilder;
import java.util.Arrays;
import java.util.Objects;

/** Pushes the image that a session has, or one blob of it in chunks. */
final class Uploads {
  static final String BLOB = "blob";

  private static final String KNOWN = "known";
  private static final String PLACE = "place";
  private static final String CHUNK = "chunk";
  private static final String BINARY = "application/octet-stream";

  private final Moved moved;

  Uploads(Moved moved) {
    this.moved = moved;
  }

  /** Returns a push as engines do it: every blob is asked for, and sent if it is not there. */
  ChainBuilder push() {
    ChainBuilder blob =
        exec(ask()).doIf(session -> session.getInt(KNOWN) == 404).then(exec(begin()).exec(whole()));
    return exitBlockOnFail()
        .on(foreach(session -> image(session).blobs(), BLOB).on(blob).exec(manifest()));
  }

  /**
   * Returns a push of an image whose first layers are those of a base, in a repository that the
   * base is not in: what the base has is mounted, where the registry can.
   */
  ChainBuilder pushOn(String base) {
    ChainBuilder blob =
        exec(mount(base)).doIf(session -> session.getInt(KNOWN) == 202).then(exec(whole()));
    return exitBlockOnFail()
        .on(foreach(session -> image(session).blobs(), BLOB).on(blob).exec(manifest()));
  }

  /** Returns the upload of one blob in chunks of a size, and the question whether it is there. */
  ChainBuilder pushInChunks(int chunks, int size) {
    ChainBuilder ended =
        exec(http("PUT after chunks").put(Uploads::end).check(status().is(201)))
            .exec(
                http("HEAD blob pushed")
                    .head(session -> image(session).blobPath(blob(session)))
                    .check(
                        status().is(200),
                        header("Content-Length").is(session -> "" + blob(session).size())));
    return exitBlockOnFail()
        .on(exec(begin()).exec(repeat(chunks, CHUNK).on(chunk(size))).exec(ended));
  }

  private ActionBuilder ask() {
    return http("HEAD blob")
        .head(session -> image(session).blobPath(blob(session)))
        .check(status().in(200, 404).saveAs(KNOWN));
  }

  private ActionBuilder begin() {
    return http("POST upload")
        .post(session -> image(session).uploadsPath())
        .check(status().is(202), header("Location").saveAs(PLACE));
  }

  private ActionBuilder mount(String base) {
    return http("POST mount or upload")
        .post(
            session ->
                image(session).uploadsPath()
                    + "?mount=%s&from=%s".formatted(blob(session).digest(), base))
        .check(status().in(201, 202).saveAs(KNOWN), header("Location").saveAs(PLACE));
  }

  private ActionBuilder whole() {
    return http("PUT blob")
        .put(Uploads::end)
        .header("Content-Type", BINARY)
        .body(ByteArrayBody(session -> moved.send(blob(session).bytes())))
        .check(status().is(201));
  }

  private HttpRequestActionBuilder chunk(int size) {
    return http("PATCH chunk")
        .patch(Uploads::place)
        .header("Content-Type", BINARY)
        .header(
            "Content-Range",
            session -> {
              long from = (long) session.getInt(CHUNK) * size;
              return from + "-" + (from + size - 1);
            })
        .body(
            ByteArrayBody(
                session -> {
                  int from = session.getInt(CHUNK) * size;
                  return moved.send(Arrays.copyOfRange(blob(session).bytes(), from, from + size));
                }))
        .check(status().is(202), header("Location").saveAs(PLACE));
  }

  private ActionBuilder manifest() {
    return http("PUT manifest")
        .put(session -> image(session).tagPath())
        .header("Content-Type", Image.MANIFEST_TYPE)
        .body(ByteArrayBody(session -> moved.send(image(session).manifest().bytes())))
        .check(
            status().is(201),
            header("Docker-Content-Digest").is(session -> image(session).manifest().digest()));
  }

  /** Returns the address that ends an upload. */
  static String named(String place, Blob blob) {
    return place + (place.contains("?") ? "&" : "?") + "digest=" + blob.digest();
  }

  private static String end(Session session) {
    return named(place(session), blob(session));
  }

  private static String place(Session session) {
    return Objects.requireNonNull(session.getString(PLACE), PLACE);
  }

  private static Blob blob(Session session) {
    Blob blob = session.get(BLOB);
    return Objects.requireNonNull(blob, BLOB);
  }
}
