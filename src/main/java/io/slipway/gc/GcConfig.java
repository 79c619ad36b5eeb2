package io.slipway.gc;

import io.slipway.runtime.Checks;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Configures when garbage is collected, and what counts as garbage. */
public record GcConfig(
    @Doc("Whether garbage is collected by itself; POST /_gc collects in any case.") @Default("true")
        boolean enabled,
    @Doc(
            "Time between two collections, unless gc.schedule says when; 60s without it, 1h with PostgreSQL.")
        @Nullable Duration interval,
    @Doc(
            "When garbage is collected, instead of every gc.interval: minute, hour, day of month, month, day of week, as cron has it, in the time zone of the process.")
        @Nullable String schedule,
    @Doc(
            "How long a blob that nothing needs is kept after it was last uploaded, mounted or asked for; at least uploads.timeout.")
        @Default("2h")
        Duration grace,
    @Doc(
            "How long a manifest without a tag, and in no index, is kept after it was last tagged, pushed or pulled; at least gc.grace.")
        @Default("7d")
        Duration untaggedAfter,
    @Doc("How long POST /_gc waits for its collection before it answers 202.") @Default("60s")
        Duration httpWait) {
  public GcConfig {
    Checks checks = new Checks();
    if (interval != null) {
      checks.range("interval", interval, Duration.ofSeconds(1), Duration.ofDays(30));
    }
    checks
        .that(
            schedule == null || GcSchedule.isCron(schedule),
            "schedule",
            "five fields as cron has them, for example 30 3 * * *")
        .range("grace", grace, Duration.ofSeconds(1), Duration.ofDays(365))
        .range("untagged_after", untaggedAfter, Duration.ofSeconds(1), Duration.ofDays(3650))
        .that(untaggedAfter.compareTo(grace) >= 0, "untagged_after", "at least gc.grace")
        .range("http_wait", httpWait, Duration.ZERO, Duration.ofHours(1))
        .done();
  }
}
