package io.slipway.http.api;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.PUT;

import io.slipway.auth.AccessAdministration;
import io.slipway.auth.AccessRules;
import io.slipway.auth.Caller;
import io.slipway.auth.Role;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What everybody who has signed in can ask about themselves. */
final class MeOperations {
  private final AccessAdministration administration;

  MeOperations(AccessAdministration administration) {
    this.administration = administration;
  }

  List<AccessOperation> all() {
    return List.of(
        AccessOperation.signedIn(GET, "me", this::show),
        AccessOperation.signedIn(PUT, "me/password", this::setPassword));
  }

  private Future<AccessReply> show(AccessCall call) {
    return administration.rules().map(rules -> AccessReply.of(json(call.caller(), rules)));
  }

  private JsonObject json(Caller caller, AccessRules rules) {
    JsonArray permissions = new JsonArray();
    administration
        .allowed(caller, rules)
        .forEach(
            allowed ->
                permissions.add(
                    new JsonObject()
                        .put("repository", allowed.repository().text())
                        .put("permissions", PolicyOperations.json(allowed.permissions()))));
    return new JsonObject()
        .put("name", caller.name())
        .put("role", caller.role().map(Role::text).orElse(null))
        .put("groups", groups(caller, rules))
        .put("permissions", permissions);
  }

  private static JsonArray groups(Caller caller, AccessRules rules) {
    // The owner of the data folder may have the name of somebody else.
    return caller.kind() == Caller.Kind.SIGNED_IN
        ? new JsonArray(rules.groupsOf(caller.name()).stream().sorted().toList())
        : new JsonArray();
  }

  private Future<AccessReply> setPassword(AccessCall call) {
    JsonFields fields = call.fields("old_password", "password");
    Secret old = Secret.of(fields.text("old_password"));
    Secret password = Secret.of(fields.text("password"));
    return administration
        .accounts()
        .setOwnPassword(call.caller(), old, password)
        .map(ignored -> AccessReply.done());
  }
}
