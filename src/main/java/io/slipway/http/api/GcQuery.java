package io.slipway.http.api;

import io.slipway.event.Actor;
import io.slipway.gc.GcOptions;
import io.slipway.runtime.Durations;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Reads the query of {@code POST /_gc} (R4.4). */
final class GcQuery {
  private static final Set<String> KNOWN = Set.of("dry_run", "grace", "verbose", "wait");
  private static final Duration LONGEST = Duration.ofDays(3650);

  private final JobQuery query;

  /** Takes a query; throws {@code BAD_REQUEST} when it has other parameters, or one twice. */
  GcQuery(MultiMap query) {
    this.query =
        new JobQuery(
            query, "collect garbage", KNOWN, "dry_run, grace, verbose and wait, each once");
  }

  /** Returns what is asked for; throws {@code BAD_REQUEST} with the parameter that is wrong. */
  GcOptions options(Actor actor) {
    return new GcOptions(query.flag("dry_run"), time("grace"), query.flag("verbose"), actor, false);
  }

  /** Returns how long to wait for the end: what is asked for, but no longer than is configured. */
  Duration patience(Duration most) {
    return time("wait").filter(asked -> asked.compareTo(most) < 0).orElse(most);
  }

  private Optional<Duration> time(String name) {
    return query.value(
        name,
        Durations::parse,
        time -> time.compareTo(LONGEST) <= 0,
        "a time of at most 3650d, for example 90m or 0s");
  }
}
