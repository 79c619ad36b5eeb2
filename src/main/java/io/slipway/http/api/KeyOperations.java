package io.slipway.http.api;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import io.slipway.auth.AccessAdministration;
import io.slipway.auth.AccessKey;
import io.slipway.auth.Account.Kind;
import io.slipway.auth.AccountAdministration;
import io.slipway.runtime.Durations;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What can be asked of the keys of a user, or of a robot. */
final class KeyOperations {
  private static final String NEVER = "never";

  private final AccessAdministration administration;
  private final Kind kind;
  private final String path;

  KeyOperations(AccessAdministration administration, Kind kind) {
    this.administration = administration;
    this.kind = kind;
    this.path = kind == Kind.USER ? "users" : "robots";
  }

  List<AccessOperation> all() {
    String keys = path + "/:name/keys";
    return List.of(
        AccessOperation.of(GET, keys, this::list),
        AccessOperation.of(POST, keys, this::make),
        AccessOperation.of(DELETE, keys + "/:id", this::revoke));
  }

  private Future<AccessReply> list(AccessCall call) {
    return administration
        .rules()
        .map(
            rules ->
                AccessPages.of(
                    rules.keys(AccountAdministration.find(rules, kind, call.name()).name()),
                    AccessKey::id,
                    KeyOperations::json,
                    call.query(),
                    "/api/v1/access/" + path + "/" + call.name() + "/keys"));
  }

  private static JsonObject json(AccessKey key) {
    return new JsonObject()
        .put("id", key.id())
        .put("description", key.description())
        .put("created_at", key.createdAt().toString())
        .put("expires_at", key.expiresAt().map(Instant::toString).orElse(null));
  }

  private Future<AccessReply> make(AccessCall call) {
    JsonFields fields = call.fields("description", "expires_in");
    return administration
        .accounts()
        .makeKey(
            kind,
            call.name(),
            fields.find("description").orElse(""),
            lifetime(fields),
            call.caller().actor())
        .map(
            fresh ->
                // The one time it is told.
                AccessReply.created(json(fresh.key()).put("key", fresh.secret().reveal())));
  }

  private static Optional<Duration> lifetime(JsonFields fields) {
    Optional<String> text = fields.find("expires_in");
    if (text.isEmpty()) {
      return Optional.of(AccountAdministration.KEY_LIFETIME);
    }
    if (text.get().equals(NEVER)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Durations.parse(text.get()));
    } catch (IllegalArgumentException e) {
      throw JsonFields.wrong("expires_in", "a time such as 90d or 12h, or never");
    }
  }

  private Future<AccessReply> revoke(AccessCall call) {
    return administration
        .accounts()
        .revokeKey(kind, call.name(), call.id(), call.caller().actor())
        .map(ignored -> AccessReply.done());
  }
}
