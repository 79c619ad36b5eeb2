package io.slipway.runtime;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks named parts whether they work, all at once, each within its time; thread-safe. */
public final class Health {
  /** What a check is about. */
  public enum Kind {
    /** Whether the process is worth keeping; a failure means: restart it. */
    LIVENESS,
    /** Whether requests should come here now; a failure means: send them elsewhere. */
    READINESS
  }

  private final List<Check> checks = new CopyOnWriteArrayList<>();

  /**
   * Adds a part.
   *
   * @param check fails its future, or throws, when the part does not work; must not block
   * @param timeout after which the part counts as not working
   */
  public void register(Kind kind, String name, Duration timeout, Supplier<Future<?>> check) {
    checks.add(new Check(kind, name, timeout, check));
  }

  /** Asks all parts of a kind; the future never fails. */
  public Future<Report> ask(Kind kind) {
    List<Future<Result>> answers =
        checks.stream().filter(check -> check.kind() == kind).map(this::ask).toList();
    return Future.join(answers).map(all -> new Report(all.<Result>list()));
  }

  private Future<Result> ask(Check check) {
    Future<?> answer;
    try {
      answer = check.check().get();
    } catch (RuntimeException e) {
      answer = Future.failedFuture(e);
    }
    return answer
        .timeout(check.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .map(any -> new Result(check.name(), null))
        .otherwise(cause -> new Result(check.name(), problem(check, cause)));
  }

  private static String problem(Check check, Throwable cause) {
    if (cause instanceof TimeoutException) {
      return "no answer within " + Durations.format(check.timeout());
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private record Check(Kind kind, String name, Duration timeout, Supplier<Future<?>> check) {}

  /**
   * Tells how one part is.
   *
   * @param problem why it does not work; null when it does
   */
  public record Result(String name, @Nullable String problem) {}

  /** Tells how all parts are. */
  public record Report(List<Result> results) {
    public Report {
      results = List.copyOf(results);
    }

    public boolean isUp() {
      return results.stream().allMatch(result -> result.problem() == null);
    }

    /** Returns {@code {"status":"up","checks":[{"name":…,"status":…,"problem":…}]}}. */
    public JsonObject toJson() {
      JsonArray all = new JsonArray();
      for (Result result : results) {
        JsonObject one = new JsonObject().put("name", result.name());
        one.put("status", status(result.problem() == null));
        if (result.problem() != null) {
          one.put("problem", result.problem());
        }
        all.add(one);
      }
      return new JsonObject().put("status", status(isUp())).put("checks", all);
    }

    private static String status(boolean up) {
      return up ? "up" : "down";
    }
  }
}
