package io.slipway.http.api;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.slipway.auth.AccessAdministration;
import io.slipway.auth.PolicyAdministration;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What can be asked of groups. */
final class GroupOperations {
  private static final String GROUPS = "groups";
  private static final String GROUP = "groups/:name";
  private static final String MEMBERS = "members";

  private final AccessAdministration administration;

  GroupOperations(AccessAdministration administration) {
    this.administration = administration;
  }

  List<AccessOperation> all() {
    return List.of(
        AccessOperation.of(GET, GROUPS, this::list),
        AccessOperation.of(POST, GROUPS, this::create),
        AccessOperation.of(GET, GROUP, this::show),
        AccessOperation.of(PUT, GROUP, this::put),
        AccessOperation.of(DELETE, GROUP, this::delete));
  }

  private Future<AccessReply> list(AccessCall call) {
    return administration
        .rules()
        .map(
            rules ->
                AccessPages.of(
                    rules.groups().entrySet(),
                    Map.Entry::getKey,
                    group -> json(group.getKey(), group.getValue()),
                    call.query(),
                    "/api/v1/access/groups"));
  }

  private Future<AccessReply> show(AccessCall call) {
    return administration
        .rules()
        .map(
            rules ->
                AccessReply.of(
                    json(call.name(), PolicyAdministration.members(rules, call.name()))));
  }

  private static JsonObject json(String name, Collection<String> members) {
    return new JsonObject()
        .put("name", name)
        .put(MEMBERS, new JsonArray(members.stream().sorted().distinct().toList()));
  }

  private Future<AccessReply> create(AccessCall call) {
    JsonFields fields = call.fields("name", MEMBERS);
    String name = fields.text("name");
    List<String> members = fields.texts(MEMBERS);
    return administration
        .policies()
        .putGroup(name, members, true, call.caller().actor())
        .map(ignored -> AccessReply.created(json(name, members)));
  }

  private Future<AccessReply> put(AccessCall call) {
    List<String> members = call.fields(MEMBERS).texts(MEMBERS);
    JsonObject json = json(call.name(), members);
    return administration
        .policies()
        .putGroup(call.name(), members, false, call.caller().actor())
        .map(made -> made ? AccessReply.created(json) : AccessReply.of(json));
  }

  private Future<AccessReply> delete(AccessCall call) {
    return administration
        .policies()
        .deleteGroup(call.name(), call.caller().actor())
        .map(ignored -> AccessReply.done());
  }
}
