package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.blob.s3.DeleteContract;
import io.slipway.blob.s3.OpenBucket;
import io.slipway.blob.s3.S3Storage;
import io.slipway.testing.FakeS3;
import io.slipway.testing.MinioServer;
import io.slipway.testing.OneProfile;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Deletions on MinIO. */
@OneProfile("of a MinIO that the test has for itself")
class MinioDeleteIT implements DeleteContract {
  @TempDir Path objects;
  private MinioServer minio;
  private OpenBucket bucket;

  @BeforeEach
  void open() {
    minio = MinioServer.start(objects);
    bucket = OpenBucket.open(FakeS3.config(minio.settings()));
  }

  @AfterEach
  void close() {
    assertThat(storage().objects().deletedAtOnce()).as("it takes many").isEqualTo(1000);
    bucket.close();
    minio.close();
  }

  @Override
  public S3Storage storage() {
    return bucket.storage();
  }
}
