package io.slipway.blob.s3;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class S3ObjectsTest {
  private static final long MEBIBYTE = 1024 * 1024;

  @Test
  void copiesNoMoreInARequestThanS3Does() {
    assertThat(S3Objects.copiedAtOnce(16 * MEBIBYTE)).isEqualTo(128 * MEBIBYTE);
    assertThat(S3Objects.copiedAtOnce(1024 * MEBIBYTE)).isLessThanOrEqualTo(5120 * MEBIBYTE);
  }
}
