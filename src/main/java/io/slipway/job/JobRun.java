package io.slipway.job;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a run of a job.
 *
 * @param figures what it has come to so far, or in all
 * @param error why it did not come to its end; null unless it failed or was cancelled
 */
public record JobRun(
    String id, Instant askedAt, Status status, JsonObject figures, @Nullable String error) {
  /** Where a run is. */
  public enum Status {
    /** It waits for its turn, or is at work. */
    RUNNING,
    COMPLETED,
    /** Somebody ended it. */
    CANCELLED,
    FAILED;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Status parse(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }
  }

  /** Tells whether it has not ended. */
  public boolean isRunning() {
    return status == Status.RUNNING;
  }

  /** Returns it as people are told of it. */
  public JsonObject json() {
    JsonObject json =
        new JsonObject()
            .put("id", id)
            .put("askedAt", askedAt)
            .put("status", status.text())
            .mergeIn(figures);
    return error == null ? json : json.put("error", error);
  }
}
