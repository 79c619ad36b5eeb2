package io.slipway.auth.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DenialsTest {
  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Denials denials = new Denials(new AuditFile(vertx, null, meters), meters);
  private final MemoryAudit store = new MemoryAudit();

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private static Denial denial(String name, String address) {
    return new Denial(
        name,
        address,
        "pull",
        AuditOutcome.LOGIN_FAILED,
        Optional.empty(),
        Optional.empty(),
        "GET /v2/");
  }

  private void flush() throws Exception {
    while (denials.flush(store).await(10, TimeUnit.SECONDS)) {
      // The next batch.
    }
  }

  private double dropped() {
    return meters.counter("slipway.audit.dropped", "to", "database").count();
  }

  @Test
  void countsEqualOnes() throws Exception {
    for (int i = 0; i < 500; i++) {
      denials.add(denial("ann", "192.0.2.1"), "192.0.2.1");
    }
    denials.add(denial("bob", "192.0.2.1"), "192.0.2.1");
    flush();
    assertThat(store.kept).extracting(AuditEntry::actor).containsExactly("ann", "bob");
    assertThat(store.kept).extracting(AuditEntry::times).containsExactly(500L, 1L);
    assertThat(meters.counter("slipway.audit.denied", "outcome", "login_failed").count())
        .isEqualTo(501);
    denials.add(denial("ann", "192.0.2.1"), "192.0.2.1");
    flush();
    assertThat(store.kept).hasSize(3);
  }

  @Test
  void keepsNobodyFromBeingSeenBehindAnother() throws Exception {
    for (int i = 0; i < 5000; i++) {
      denials.add(denial("name" + i, "192.0.2.1"), "192.0.2.1");
    }
    denials.add(denial("ann", "192.0.2.2"), "192.0.2.2");
    flush();
    assertThat(store.kept).hasSize(Denials.MOST_OF_SOURCE + 2);
    assertThat(store.kept.get(Denials.MOST_OF_SOURCE).subject()).isEqualTo("others");
    assertThat(store.kept.get(Denials.MOST_OF_SOURCE).times())
        .isEqualTo(5000L - Denials.MOST_OF_SOURCE);
    assertThat(store.kept.getLast().actor()).isEqualTo("ann");
    assertThat(dropped()).isZero();
  }

  @Test
  void keepsABoundedNumberWhileNothingCanBeWritten() throws Exception {
    store.away = true;
    denials.add(denial("first", "192.0.2.1"), "first");
    assertThat(denials.flush(store).failed()).isTrue();
    for (int i = 0; i < 50_000; i++) {
      denials.add(denial(i + "x".repeat(10_000), "192.0.2.1"), "source" + i);
      if (i % 1000 == 0) {
        assertThat(denials.flush(store).failed()).isTrue();
      }
    }
    assertThat(dropped()).isEqualTo(50_000 - Denials.MOST);
    store.away = false;
    flush();
    // Once more for what was gathered meanwhile.
    flush();
    assertThat(store.kept).hasSize(1 + Denials.MOST);
    assertThat(store.kept.getFirst().actor()).isEqualTo("first");
    assertThat(store.kept).allMatch(entry -> entry.actor().length() <= AuditText.MAX_ACTOR + 1);
    assertThat(store.kept).extracting(AuditEntry::event).doesNotHaveDuplicates();
  }
}
