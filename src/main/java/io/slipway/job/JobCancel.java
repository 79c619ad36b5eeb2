package io.slipway.job;

import io.slipway.runtime.BusAddress;
import io.vertx.core.json.JsonObject;
import java.util.Objects;

/**
 * Says that somebody wrote into the row of a run that it is to end: {@code gc.cancel}, {@code
 * scrub.cancel}. Who does that run looks at its row.
 */
record JobCancel(String id) {
  private static final int VERSION = 1;

  static BusAddress<JobCancel> address(String kind) {
    return new BusAddress<>(
        kind + ".cancel",
        VERSION,
        cancel -> new JsonObject().put("id", cancel.id()),
        json -> new JobCancel(Objects.requireNonNull(json.getString("id"), "no id")));
  }
}
