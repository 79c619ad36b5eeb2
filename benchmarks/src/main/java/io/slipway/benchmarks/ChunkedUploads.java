package io.slipway.benchmarks;

import static io.gatling.javaapi.core.CoreDsl.constantConcurrentUsers;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import java.util.List;

/** Uploads blobs in chunks, each with the range that it is. */
public final class ChunkedUploads extends RegistrySimulation {
  private static final int CHUNKS = 8;

  /** Is what Gatling calls. */
  public ChunkedUploads() {
    int chunk = Math.max(settings.layerSize() / CHUNKS, 1);
    Image image = source.image("benchmark/chunks");
    load(
        List.of(image.repository()),
        List.of(),
        scenario("upload in chunks")
            .exec(
                session ->
                    session.set(Pulls.IMAGE, image).set(Uploads.BLOB, source.blob(chunk * CHUNKS)))
            .exec(uploads.pushInChunks(CHUNKS, chunk))
            .injectClosed(constantConcurrentUsers(settings.users()).during(settings.length())));
  }
}
