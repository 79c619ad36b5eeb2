package io.slipway.http;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The query of a request, decoded. A plus sign stays one: no value of the API holds a space, but
 * media types hold plus signs.
 */
public final class RequestQuery {
  private static final RequestQuery EMPTY = new RequestQuery(List.of());
  private static final int MAX_LENGTH = 8192;
  private static final int MAX_PARAMETERS = 256;

  private record Parameter(String name, String value) {}

  private final List<Parameter> parameters;

  private RequestQuery(List<Parameter> parameters) {
    this.parameters = parameters;
  }

  /**
   * Parses a query.
   *
   * @param raw as it came, without the question mark; null when there is none
   * @throws RegistryException {@link ErrorCode#URI_TOO_LONG} or {@link ErrorCode#BAD_REQUEST}
   */
  public static RequestQuery parse(@Nullable String raw) {
    if (raw == null || raw.isEmpty()) {
      return EMPTY;
    }
    if (raw.length() > MAX_LENGTH) {
      throw tooLong(raw.length() + " characters and at most " + MAX_LENGTH);
    }
    List<Parameter> parameters = new ArrayList<>();
    int start = 0;
    while (start <= raw.length()) {
      int end = raw.indexOf('&', start);
      end = end < 0 ? raw.length() : end;
      if (end > start) {
        int equals = raw.indexOf('=', start);
        int nameEnd = equals < 0 || equals > end ? end : equals;
        String value = nameEnd == end ? "" : raw.substring(nameEnd + 1, end);
        parameters.add(
            new Parameter(
                PercentDecoding.query(raw.substring(start, nameEnd)),
                PercentDecoding.query(value)));
      }
      start = end + 1;
    }
    if (parameters.size() > MAX_PARAMETERS) {
      throw tooLong(parameters.size() + " parameters and at most " + MAX_PARAMETERS);
    }
    return new RequestQuery(parameters);
  }

  private static RegistryException tooLong(String reason) {
    return new RegistryException(
        ErrorCode.URI_TOO_LONG, "tried to read the query but it has " + reason + " are supported");
  }

  /** Returns the first value of a parameter; empty when it is absent or has no text. */
  public Optional<String> text(String name) {
    for (Parameter parameter : parameters) {
      if (parameter.name().equals(name)) {
        // PostgreSQL takes no U+0000; no name has either, so both sort and compare alike.
        String value = parameter.value().replace('\u0000', '\u0001');
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
      }
    }
    return Optional.empty();
  }

  /** Tells whether a parameter is there, with text or without. */
  public boolean has(String name) {
    return parameters.stream().anyMatch(parameter -> parameter.name().equals(name));
  }

  /**
   * Returns {@code n}, how many of a list are wanted; empty when it is absent.
   *
   * @param most how many there are at most in an answer
   * @throws RegistryException {@link ErrorCode#PAGINATION_NUMBER_INVALID} when it is no number from
   *     0 to that
   */
  public OptionalInt limit(int most) {
    return has("n") ? OptionalInt.of(limit(text("n").orElse(""), most)) : OptionalInt.empty();
  }

  private static int limit(String text, int most) {
    boolean digits =
        !text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    int number = digits ? Integer.parseInt(text) : -1;
    if (number < 0 || number > most) {
      throw new RegistryException(
          ErrorCode.PAGINATION_NUMBER_INVALID,
          "tried to read how many results are wanted but n is not a whole number from 0 to " + most,
          Map.of("limit", most));
    }
    return number;
  }

  /** Returns every value of a parameter, in order. */
  public List<String> all(String name) {
    return parameters.stream()
        .filter(parameter -> parameter.name().equals(name))
        .map(Parameter::value)
        .toList();
  }
}
