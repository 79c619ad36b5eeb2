package io.slipway.blob.s3;

import static io.slipway.testing.PushClient.bytes;
import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.S3Fault;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that ends between the seal of an upload and the name of its blob. */
@OneProfile("of a bucket that the test has for itself")
class S3SealIT {
  private static final String REPOSITORY = "left/behind";
  private static final byte[] BLOB = bytes(21, 6_000_000);
  private static final byte[] NOTHING = new byte[0];
  private static final String COMPLETE = "^POST uploads/[^?]*\\?uploadId";
  private static final int ALWAYS = Integer.MAX_VALUE;

  @TempDir Path data;
  private final FakeS3 fake = new FakeS3();

  @AfterEach
  void stop() {
    fake.close();
  }

  @Test
  void completesASealedSessionWhosePartsAreThere() {
    goesOnAfter(List.of(fake.error(COMPLETE, ALWAYS)));
  }

  @Test
  void completesASealedSessionWhoseObjectIsThere() {
    goesOnAfter(List.of(fake.loseAnswer(COMPLETE, 1), fake.error("^HEAD uploads/", ALWAYS)));
    assertThat(fake.overwritten()).isEmpty();
  }

  private void goesOnAfter(List<S3Fault> faults) {
    StoredData stored = new StoredData(data);
    String session;
    try (TestRegistry registry = TestRegistry.start(data, fake.settings())) {
      PushClient client = new PushClient(registry.port());
      session = client.start(REPOSITORY);
      assertThat(client.finish(session, digest(BLOB), BLOB).statusCode()).isEqualTo(503);
      assertThat(stored.query("SELECT state FROM upload")).containsExactly("sealed");
    }
    faults.forEach(S3Fault::lift);
    try (TestRegistry registry = TestRegistry.start(data, fake.settings())) {
      PushClient client = new PushClient(registry.port());
      assertThat(client.blob(REPOSITORY, digest(BLOB)).body()).isEqualTo(BLOB);
      // The client whose answer was lost asks again.
      assertThat(client.finish(session, digest(BLOB), NOTHING).statusCode()).isEqualTo(201);
    }
    assertThat(fake.unfinished()).isEmpty();
  }
}
