package io.slipway.server;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What no output may have in it. */
final class Secrets {
  private final Set<String> all = new LinkedHashSet<>();

  void add(String secret) {
    all.add(secret);
  }

  /** Returns the secrets in a text. */
  List<String> in(String text) {
    return all.stream().filter(text::contains).toList();
  }
}
