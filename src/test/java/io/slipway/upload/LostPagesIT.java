package io.slipway.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildRegistry;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of an open upload after a loss of power: as long as it was, its bytes gone. */
@OneProfile("what a bucket acknowledged it keeps")
class LostPagesIT {
  private static final byte[] BLOB = PushClient.bytes(1, 3_000_000);
  private static final int ACKNOWLEDGED = 1_500_000;

  @TempDir Path data;

  /** What was hashed before is no longer what is there. */
  @Test
  void areNotStoredUnderTheDigestOfWhatWasSent() {
    StoredData stored = StoredData.of(data);
    String session;
    try (ChildRegistry registry = ChildRegistry.start(data, Map.of())) {
      session = registry.client().start("app");
      byte[] chunk = Arrays.copyOf(BLOB, ACKNOWLEDGED);
      assertThat(registry.client().patch(session, 0, chunk).statusCode()).isEqualTo(202);
      registry.kill();
    }
    List<String> files = stored.files("uploads");
    assertThat(files).hasSize(1);
    assertThat(stored.read(files.getFirst())).hasSize(ACKNOWLEDGED);
    stored.write(files.getFirst(), new byte[ACKNOWLEDGED]);
    try (ChildRegistry registry = ChildRegistry.start(data, Map.of())) {
      PushClient client = registry.client();
      byte[] rest = Arrays.copyOfRange(BLOB, ACKNOWLEDGED, BLOB.length);
      assertThat(client.finish(session, PushClient.digest(BLOB), rest).statusCode()).isEqualTo(400);
      assertThat(client.blob("app", PushClient.digest(BLOB)).statusCode()).isEqualTo(404);
      assertThat(client.pushBlob("app", BLOB).statusCode()).isEqualTo(201);
      assertThat(client.blob("app", PushClient.digest(BLOB)).body()).isEqualTo(BLOB);
      assertThat(registry.stop()).isZero();
    }
    stored.requireAgreement();
  }
}
