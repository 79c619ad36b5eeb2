package io.slipway.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.testing.PushClient;
import java.io.UncheckedIOException;

/** What is in the registry while it is attacked, so that some of what is asked for is there. */
final class FuzzContent {
  static final byte[] BLOB = PushClient.bytes(17, 4096);
  static final Digest BLOB_DIGEST = PushClient.digest(BLOB);
  static final byte[] MANIFEST = PushClient.manifest(BLOB, BLOB);
  static final Digest MANIFEST_DIGEST = PushClient.digest(MANIFEST);
  static final String EMPTY = PushClient.digest(new byte[0]).text();

  private FuzzContent() {}

  static String latin1(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  /** Pushes it while others may delete it again, and in vain where the machine is too busy. */
  static void offer(PushClient client) {
    try {
      assertThat(client.pushBlob("team/app", BLOB).statusCode()).isLessThan(500);
      assertThat(client.pushManifest("team/app", "v1", MANIFEST).statusCode()).isLessThan(500);
    } catch (UncheckedIOException e) {
      // This process was stopped for longer than the server waits for anybody. That it still serves
      // whoever is quicker is seen by each case.
    }
  }

  /** Pushes it, whatever is left of it. */
  static void push(PushClient client) {
    assertThat(client.pushBlob("team/app", BLOB).statusCode()).isEqualTo(201);
    for (String tag : new String[] {"v1", "v2"}) {
      assertThat(client.pushManifest("team/app", tag, MANIFEST).statusCode()).isEqualTo(201);
    }
    assertThat(client.blob("team/app", BLOB_DIGEST).body()).isEqualTo(BLOB);
  }
}
