package io.slipway.http.api;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.Quoted;
import io.slipway.oci.RegistryException;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Reads the query of a request that begins a job. What is not known is refused: whoever misspells
 * {@code dry_run} must not delete anything.
 */
final class JobQuery {
  private final MultiMap query;
  private final String purpose;

  /**
   * Takes a query.
   *
   * @param purpose what was tried, as messages say it: "collect garbage"
   * @param known the parameters there are
   * @param expected the same for people, with how often each may be there
   * @throws RegistryException {@link ErrorCode#BAD_REQUEST} for another parameter, and for one that
   *     is there twice
   */
  JobQuery(MultiMap query, String purpose, Set<String> known, String expected) {
    this.query = query;
    this.purpose = purpose;
    for (String name : query.names()) {
      List<String> values = query.getAll(name);
      if (!known.contains(name) || values.size() > 1) {
        throw refusal(name, values.getFirst(), expected);
      }
    }
  }

  /** Tells whether a flag is set; without a value it is. Throws {@code BAD_REQUEST}. */
  boolean flag(String name) {
    String value = query.get(name);
    return switch (value) {
      case null -> false;
      case "true", "" -> true;
      case "false" -> false;
      default -> throw refusal(name, value, "true or false");
    };
  }

  /**
   * Returns what a parameter says; empty when it is absent. Throws {@code BAD_REQUEST}.
   *
   * @param parse throws IllegalArgumentException for what it cannot read
   * @param bounds whether what was read is taken
   * @param expected what is taken, as messages say it
   */
  <T> Optional<T> value(
      String name, Function<String, T> parse, Predicate<T> bounds, String expected) {
    String value = query.get(name);
    if (value == null) {
      return Optional.empty();
    }
    try {
      T found = parse.apply(value);
      if (bounds.test(found)) {
        return Optional.of(found);
      }
    } catch (IllegalArgumentException e) {
      // As one out of bounds.
    }
    throw refusal(name, value, expected);
  }

  private RegistryException refusal(String name, String value, String expected) {
    return new RegistryException(
        ErrorCode.BAD_REQUEST,
        "tried to "
            + purpose
            + " but the query says "
            + Quoted.of(name)
            + " = "
            + Quoted.of(value)
            + " and expected is "
            + expected,
        Map.of("parameter", name));
  }
}
