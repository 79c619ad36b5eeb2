package io.slipway.blob.s3;

import io.slipway.testing.OneProfile;
import io.slipway.testing.S3ProxyServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Deletions on s3proxy. */
@OneProfile("has a bucket of its own")
class S3ProxyDeleteIT implements DeleteContract {
  @TempDir static Path folder;
  private static S3ProxyServer proxy;

  private OpenBucket bucket;

  @BeforeAll
  static void start() {
    proxy = S3ProxyServer.start(folder);
  }

  @AfterAll
  static void stop() {
    proxy.close();
  }

  @BeforeEach
  void open(TestInfo test) {
    String prefix = test.getDisplayName().replaceAll("\\W", "") + "/a&b/";
    bucket = OpenBucket.open(proxy.config(prefix));
  }

  @AfterEach
  void close() {
    bucket.close();
  }

  @Override
  public S3Storage storage() {
    return bucket.storage();
  }
}
