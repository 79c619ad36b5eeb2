package io.slipway.blob.s3;

import io.slipway.testing.FakeS3;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Deletions on a server that takes one in a request. */
class OneDeleteTest implements DeleteContract {
  private final FakeS3 fake = new FakeS3();
  private OpenBucket bucket;

  @BeforeEach
  void open() {
    bucket = OpenBucket.open(fake.config());
  }

  @AfterEach
  void close() {
    bucket.close();
    fake.close();
  }

  @Override
  public S3Storage storage() {
    return bucket.storage();
  }
}
