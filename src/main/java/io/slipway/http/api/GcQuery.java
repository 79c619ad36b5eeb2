package io.slipway.http.api;

import io.slipway.event.Actor;
import io.slipway.gc.GcOptions;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.Quoted;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.Durations;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the query of {@code POST /_gc} (R4.4). */
final class GcQuery {
  private static final Set<String> KNOWN = Set.of("dry_run", "grace", "verbose", "wait");
  private static final Duration LONGEST = Duration.ofDays(3650);

  private GcQuery() {}

  /** Returns what is asked for; throws {@code BAD_REQUEST} with the parameter that is wrong. */
  static GcOptions parse(MultiMap query, Actor actor) {
    for (String name : query.names()) {
      List<String> values = query.getAll(name);
      if (!KNOWN.contains(name) || values.size() > 1) {
        throw refusal(name, values.getFirst(), "dry_run, grace, verbose and wait, each once");
      }
    }
    return new GcOptions(
        flag(query, "dry_run"), time(query, "grace"), flag(query, "verbose"), actor, false);
  }

  /** Returns how long to wait for the end: what is asked for, but no longer than is configured. */
  static Duration patience(MultiMap query, Duration most) {
    return time(query, "wait").filter(asked -> asked.compareTo(most) < 0).orElse(most);
  }

  private static boolean flag(MultiMap query, String name) {
    String value = query.get(name);
    return switch (value) {
      case null -> false;
      case "true", "" -> true;
      case "false" -> false;
      default -> throw refusal(name, value, "true or false");
    };
  }

  private static Optional<Duration> time(MultiMap query, String name) {
    String value = query.get(name);
    if (value == null) {
      return Optional.empty();
    }
    try {
      Duration time = Durations.parse(value);
      if (time.compareTo(LONGEST) <= 0) {
        return Optional.of(time);
      }
    } catch (IllegalArgumentException e) {
      // As one that is too long.
    }
    throw refusal(name, value, "a time of at most 3650d, for example 90m or 0s");
  }

  private static RegistryException refusal(String name, String value, String expected) {
    return new RegistryException(
        ErrorCode.BAD_REQUEST,
        "tried to collect garbage but the query says "
            + Quoted.of(name)
            + " = "
            + Quoted.of(value)
            + " and expected is "
            + expected,
        Map.of("parameter", name));
  }
}
