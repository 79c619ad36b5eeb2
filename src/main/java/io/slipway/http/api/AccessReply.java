package io.slipway.http.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * What is answered to an {@link AccessCall}. Not a record: a new key may be in it, and a record
 * would show it.
 */
public final class AccessReply {
  private final int status;
  private final Optional<Buffer> body;
  private final Optional<String> next;

  private AccessReply(int status, Optional<Buffer> body, Optional<String> next) {
    this.status = status;
    this.body = body;
    this.next = next;
  }

  static AccessReply of(JsonObject object) {
    return new AccessReply(200, Optional.of(object.toBuffer()), Optional.empty());
  }

  static AccessReply created(JsonObject object) {
    return new AccessReply(201, Optional.of(object.toBuffer()), Optional.empty());
  }

  static AccessReply done() {
    return new AccessReply(204, Optional.empty(), Optional.empty());
  }

  /**
   * Makes a page of a list.
   *
   * @param next where the next one is; empty when this is the last
   */
  static AccessReply page(JsonArray items, Optional<String> next) {
    return new AccessReply(200, Optional.of(items.toBuffer()), next);
  }

  /** Returns the status of HTTP. */
  public int status() {
    return status;
  }

  /** Returns JSON, if there is anything to say. */
  public Optional<Buffer> body() {
    return body;
  }

  /** Returns path and query of the next page, if there is one. */
  public Optional<String> next() {
    return next;
  }
}
