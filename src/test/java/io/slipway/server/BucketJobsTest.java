package io.slipway.server;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.blob.s3.OpenBucket;
import io.slipway.database.Migrations;
import io.slipway.event.Actor;
import io.slipway.metadata.StoredBlob;
import io.slipway.metadata.sql.SqlBlobLinks;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.slipway.testing.Eventually;
import io.slipway.testing.FakeS3;
import io.slipway.testing.S3Fault;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The housekeeping of two nodes with one bucket. */
class BucketJobsTest {
  private static final RepositoryName APP = new RepositoryName("team/app");
  private static final String COPY = "^PUT blobs/";

  @RegisterExtension private final SqliteExtension sqlite = new SqliteExtension();
  private final FakeS3 fake = new FakeS3();
  private OpenBucket bucket;
  private BucketJobs first;
  private BucketJobs second;

  @BeforeEach
  void open() {
    get(Migrations.bundled().apply(sqlite.database()));
    bucket = OpenBucket.open(fake.config());
    first = jobs();
    second = jobs();
  }

  @AfterEach
  void close() {
    bucket.close();
    fake.close();
  }

  private BucketJobs jobs() {
    return new BucketJobs(
        sqlite.vertx(), sqlite.database(), bucket.storage(), new SimpleMeterRegistry());
  }

  private void pushed(String key, byte[] bytes) {
    fake.put(key, bytes);
    StoredBlob blob = new StoredBlob(Digest.of(DigestAlgorithm.SHA256, bytes), bytes.length, key);
    get(new SqlBlobLinks(sqlite.database()).commit(APP, blob, Actor.named("alice")));
  }

  /** Whoever claimed it last ends a move: two who come again and again would never end one. */
  @Test
  void leaveALongCopyToTheNodeThatBeganIt() {
    pushed("uploads/u1", new byte[10]);
    S3Fault copy = fake.hold(COPY, 1);
    Future<Boolean> moving = first.relocate();
    Eventually.happens("the copy is under way", () -> copy.hits() == 1);
    assertThat(get(second.relocate())).isFalse();
    assertThat(fake.count(COPY)).isEqualTo(1);
    copy.lift();
    assertThat(get(moving)).isTrue();
    pushed("uploads/u2", new byte[11]);
    assertThat(get(second.relocate())).as("the other one's turn").isTrue();
  }
}
