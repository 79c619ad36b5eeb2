package io.slipway.auth.audit;

import io.slipway.runtime.Checks;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Configures what is kept of who did what. */
public record AuditConfig(
    @Doc("How long it is kept in the database.") @Default("90d") Duration retention,
    @Doc(
            "File to which everything is appended too, as one JSON object per line; a new one is made when it was moved away.")
        @Nullable Path file) {
  public AuditConfig {
    new Checks()
        .range("retention", retention, Duration.ofSeconds(1), Duration.ofDays(36_500))
        .done();
  }
}
