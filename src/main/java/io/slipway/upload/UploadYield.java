package io.slipway.upload;

import io.slipway.runtime.BusAddress;
import io.vertx.core.json.JsonObject;
import java.util.Objects;

/**
 * Asks the node that writes an upload to write down how far it is. The answer is {@code
 * {"done":…}}.
 *
 * @param stop whether it should also let go, for another node wants to write
 */
record UploadYield(String id, boolean stop) {
  static final int VERSION = 1;

  /** Returns where a node is asked, as rows name it. */
  static BusAddress<UploadYield> address(String node) {
    return new BusAddress<>(
        "upload.yield." + node,
        VERSION,
        asked -> new JsonObject().put("id", asked.id()).put("stop", asked.stop()),
        json ->
            new UploadYield(
                Objects.requireNonNull(json.getString("id"), "no id"),
                json.getBoolean("stop", false)));
  }

  static JsonObject answer(boolean done) {
    return new JsonObject().put("done", done);
  }

  static boolean isDone(JsonObject answer) {
    return answer.getBoolean("done", false);
  }
}
