package io.slipway.server;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The part of the management API that is about access rules, for commands: at a server, or on the
 * database itself. Blocks.
 */
interface AccessApi extends AutoCloseable {

  /**
   * Asks.
   *
   * @param target path and query
   * @throws IOException with a sentence for people when it was refused
   */
  Said ask(String method, String target, @Nullable JsonObject body) throws IOException;

  @Override
  void close() throws IOException;

  /** What was answered. Not a record: a new key may be in it, and a record would show it. */
  final class Said {
    private final String json;
    private final Optional<String> next;

    /**
     * Takes an answer.
     *
     * @param json empty text for none
     * @param next path and query of the next page of a list
     */
    Said(String json, Optional<String> next) {
      this.json = json;
      this.next = next;
    }

    String json() {
      return json;
    }

    Optional<String> next() {
      return next;
    }
  }
}
