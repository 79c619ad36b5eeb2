package io.slipway.http.api;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.slipway.auth.AccessAdministration;
import io.slipway.auth.Permission;
import io.slipway.auth.Policy;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;

/**
 * What can be asked of policies. Their patterns have slashes and stars, so one is named in the
 * query: {@code ?repository=…&user=…}.
 */
final class PolicyOperations {
  private static final String POLICIES = "policies";
  private static final String REPOSITORY = "repository";
  private static final String USER = "user";
  private static final String PERMISSIONS = "permissions";

  private final AccessAdministration administration;

  PolicyOperations(AccessAdministration administration) {
    this.administration = administration;
  }

  List<AccessOperation> all() {
    return List.of(
        AccessOperation.of(
            GET,
            POLICIES,
            call ->
                call.query().has(REPOSITORY) || call.query().has(USER) ? show(call) : list(call)),
        AccessOperation.of(POST, POLICIES, call -> write(call, true)),
        AccessOperation.of(PUT, POLICIES, call -> write(call, false)),
        AccessOperation.of(DELETE, POLICIES, this::delete));
  }

  private Future<AccessReply> list(AccessCall call) {
    return administration
        .rules()
        .map(
            rules ->
                AccessPages.of(
                    rules.policies(),
                    // Neither has a blank in it.
                    policy -> policy.repository().text() + " " + policy.subject().text(),
                    PolicyOperations::json,
                    call.query(),
                    "/api/v1/access/policies"));
  }

  private Future<AccessReply> show(AccessCall call) {
    return find(call.parameter(REPOSITORY), call.parameter(USER)).map(AccessReply::of);
  }

  private Future<JsonObject> find(String repository, String user) {
    return administration.policies().find(repository, user).map(PolicyOperations::json);
  }

  /** The shape of R5.2. */
  private static JsonObject json(Policy policy) {
    return new JsonObject()
        .put(REPOSITORY, policy.repository().text())
        .put(USER, policy.subject().text())
        .put(PERMISSIONS, json(policy.permissions()))
        .put("createdAt", policy.createdAt().toString());
  }

  static JsonArray json(Collection<Permission> permissions) {
    return new JsonArray(permissions.stream().sorted().map(Permission::text).toList());
  }

  private Future<AccessReply> write(AccessCall call, boolean create) {
    JsonFields fields = call.fields(REPOSITORY, USER, PERMISSIONS);
    String repository = fields.text(REPOSITORY);
    String user = fields.text(USER);
    return administration
        .policies()
        .put(repository, user, fields.texts(PERMISSIONS), create, call.caller().actor())
        .compose(
            made ->
                find(repository, user)
                    .map(json -> made ? AccessReply.created(json) : AccessReply.of(json)));
  }

  private Future<AccessReply> delete(AccessCall call) {
    return administration
        .policies()
        .delete(call.parameter(REPOSITORY), call.parameter(USER), call.caller().actor())
        .map(ignored -> AccessReply.done());
  }
}
