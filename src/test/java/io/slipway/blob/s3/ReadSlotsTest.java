package io.slipway.blob.s3;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadSlotsTest {
  private final Vertx vertx = Vertx.vertx();

  private ReadSlots slots(Duration patience) {
    return new ReadSlots(vertx, 8, patience, new SimpleMeterRegistry());
  }

  private static List<ReadSlots.Slot> takeAll(ReadSlots slots) {
    return Stream.generate(() -> get(slots.take())).limit(slots.count()).toList();
  }

  @AfterEach
  void close() {
    get(vertx.close());
  }

  @Test
  void givesASlotToTheFirstWhoWaits() {
    ReadSlots slots = slots(Duration.ofMinutes(1));
    List<ReadSlots.Slot> taken = takeAll(slots);
    Future<ReadSlots.Slot> first = slots.take();
    Future<ReadSlots.Slot> second = slots.take();
    assertThat(slots.waiting()).isEqualTo(2);
    taken.getFirst().release();
    taken.getFirst().release();
    ReadSlots.Slot next = get(first);
    assertThat(second.isComplete()).isFalse();
    next.release();
    get(second).release();
    assertThat(slots.used()).isEqualTo(7);
    taken.forEach(ReadSlots.Slot::release);
    assertThat(slots.used()).isZero();
  }

  @Test
  void sendsAwayWhoWaitsForLong() {
    ReadSlots slots = slots(Duration.ofMillis(50));
    List<ReadSlots.Slot> taken = takeAll(slots);
    assertThatThrownBy(() -> get(slots.take()))
        .isInstanceOfSatisfying(
            RegistryException.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    assertThat(slots.waiting()).isZero();
    taken.forEach(ReadSlots.Slot::release);
    assertThat(slots.used()).isZero();
  }
}
