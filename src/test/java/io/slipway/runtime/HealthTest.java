package io.slipway.runtime;

import static io.slipway.runtime.Health.Kind.LIVENESS;
import static io.slipway.runtime.Health.Kind.READINESS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.runtime.Health.Report;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HealthTest {
  private static final Duration SOON = Duration.ofMillis(50);
  private static final Duration LATE = Duration.ofMinutes(1);

  private final Health health = new Health();

  @Test
  void isUpWithoutChecks() throws Exception {
    assertThat(ask(LIVENESS).toJson().encode()).isEqualTo("{\"status\":\"up\",\"checks\":[]}");
  }

  @Test
  void asksThePartsOfOneKind() throws Exception {
    health.register(READINESS, "database", LATE, () -> Future.failedFuture("is locked"));
    health.register(READINESS, "disk", LATE, Future::succeededFuture);
    assertThat(ask(LIVENESS).isUp()).isTrue();
    Report report = ask(READINESS);
    assertThat(report.isUp()).isFalse();
    assertThat(report.toJson().encode())
        .isEqualTo(
            "{\"status\":\"down\",\"checks\":["
                + "{\"name\":\"database\",\"status\":\"down\",\"problem\":\"is locked\"},"
                + "{\"name\":\"disk\",\"status\":\"up\"}]}");
  }

  @Test
  void takesSilenceAndExceptionsForDown() throws Exception {
    Promise<Void> never = Promise.promise();
    health.register(READINESS, "silent", SOON, never::future);
    health.register(
        READINESS,
        "broken",
        LATE,
        () -> {
          throw new IllegalStateException();
        });
    assertThat(ask(READINESS).results())
        .containsExactly(
            new Health.Result("silent", "no answer within 50ms"),
            new Health.Result("broken", "java.lang.IllegalStateException"));
  }

  private Report ask(Health.Kind kind) throws Exception {
    return health.ask(kind).await(5, SECONDS);
  }
}
