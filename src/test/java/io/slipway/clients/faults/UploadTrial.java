package io.slipway.clients.faults;

import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.testing.PushClient;
import java.net.http.HttpResponse;
import java.util.Arrays;

/**
 * Sends a blob of several parts, a part of which is acknowledged before the fault; what comes then
 * is either one more chunk or the last one.
 */
final class UploadTrial implements Trial {
  static final int MEBIBYTE = 1024 * 1024;

  private final World world;
  private final byte[] blob;
  private final Digest digest;
  private final boolean closes;
  private final int split;
  private String session = "";
  private long acknowledged;

  private UploadTrial(World world, byte[] blob, boolean closes, int split) {
    this.world = world;
    this.blob = blob;
    this.digest = digest(blob);
    this.closes = closes;
    this.split = split;
  }

  /** Sends one more chunk: the rest of a part, and more than one more. */
  static UploadTrial patch(World world) {
    return new UploadTrial(world, world.bytes(1, 11 * MEBIBYTE), false, 6 * MEBIBYTE);
  }

  /** Ends the upload with a chunk. */
  static UploadTrial put(World world) {
    return new UploadTrial(world, world.bytes(2, 6 * MEBIBYTE), true, 5 * MEBIBYTE);
  }

  private PushClient client() {
    return world.client();
  }

  private byte[] from(long offset) {
    return Arrays.copyOfRange(blob, (int) offset, blob.length);
  }

  @Override
  public void prepare() {
    session = client().start(world.repository());
    byte[] begin = Arrays.copyOf(blob, split);
    assertThat(client().patch(session, 0, begin).statusCode()).isEqualTo(202);
    acknowledged = split;
  }

  @Override
  public HttpResponse<byte[]> attempt() {
    if (closes) {
      return client().finish(session, digest, from(split));
    }
    HttpResponse<byte[]> answer = client().patch(session, split, from(split));
    if (answer.statusCode() == 202) {
      acknowledged = PushClient.received(answer);
      assertThat(acknowledged).isEqualTo(blob.length);
    }
    return answer;
  }

  @Override
  public void settle(Outcome outcome) {
    if (!(closes && outcome.isSuccess())) {
      finish();
    }
    world.has(blob, digest);
  }

  private void finish() {
    HttpResponse<byte[]> status = client().send("GET", session);
    if (closes && status.statusCode() == 404) {
      // It was finished, only its answer was lost: the same request is answered well.
      assertThat(client().finish(session, digest, new byte[0]).statusCode()).isEqualTo(201);
      return;
    }
    assertThat(status.statusCode()).as("GET of the upload").isEqualTo(204);
    long at = PushClient.received(status);
    assertThat(at).as("bytes of the upload").isBetween(acknowledged, (long) blob.length);
    if (!closes && at < blob.length) {
      HttpResponse<byte[]> patched = client().patch(session, at, from(at));
      assertThat(patched.statusCode()).as("PATCH at %s of %s", at, blob.length).isEqualTo(202);
      at = blob.length;
    }
    HttpResponse<byte[]> closed = client().finish(session, digest, from(at));
    assertThat(closed.statusCode()).as("PUT at %s of %s", at, blob.length).isEqualTo(201);
  }
}
