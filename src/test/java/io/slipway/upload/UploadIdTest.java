package io.slipway.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.event.Actor;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class UploadIdTest {
  private static final Actor ANN = new Actor("ann", "192.0.2.1");

  @Test
  void belongsToWhoBeganIt() {
    String id = UploadId.fresh(ANN);
    assertThat(UploadId.isOf(id, new Actor("ann", "192.0.2.2"))).isTrue();
    assertThat(UploadId.isOf(id, Actor.named("bob"))).isFalse();
    assertThat(UploadId.isOf("", ANN)).isFalse();
  }

  @Test
  void isAnotherUuidEachTime() {
    String id = UploadId.fresh(ANN);
    assertThat(UUID.fromString(id)).hasToString(id);
    assertThat(UploadId.fresh(ANN)).isNotEqualTo(id);
  }
}
