package io.slipway.runtime;

import java.util.List;

/**
 * Tells everything that is wrong with a configuration at once, one sentence per problem, no secret
 * in any.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  ConfigException(List<String> problems) {
    super(text(problems), null, false, false);
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }

  private static String text(List<String> problems) {
    String head =
        problems.size() == 1
            ? "The configuration has an error:"
            : "The configuration has " + problems.size() + " errors:";
    return head + "\n  " + String.join("\n  ", problems);
  }
}
