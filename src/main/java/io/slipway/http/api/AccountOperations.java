package io.slipway.http.api;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.slipway.auth.AccessAdministration;
import io.slipway.auth.AccessRules;
import io.slipway.auth.Account;
import io.slipway.auth.Account.Kind;
import io.slipway.auth.AccountAdministration;
import io.slipway.auth.AccountWish;
import io.slipway.auth.Role;
import io.slipway.oci.Quoted;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What can be asked of users, or of robots: the same, but for passwords. */
final class AccountOperations {
  private static final String PASSWORD = "password";

  private final AccessAdministration administration;
  private final Kind kind;
  private final String path;

  AccountOperations(AccessAdministration administration, Kind kind) {
    this.administration = administration;
    this.kind = kind;
    this.path = kind == Kind.USER ? "users" : "robots";
  }

  List<AccessOperation> all() {
    List<AccessOperation> all = new ArrayList<>();
    all.add(AccessOperation.of(GET, path, this::list));
    all.add(AccessOperation.of(POST, path, this::create));
    String one = path + "/:name";
    all.add(AccessOperation.of(GET, one, call -> show(call.name()).map(AccessReply::of)));
    all.add(AccessOperation.of(PUT, one, this::put));
    all.add(AccessOperation.of(DELETE, one, this::delete));
    all.add(AccessOperation.of(PUT, one + "/role", this::setRole));
    if (kind == Kind.USER) {
      all.add(AccessOperation.of(PUT, one + "/password", this::setPassword));
    }
    return all;
  }

  private AccountAdministration accounts() {
    return administration.accounts();
  }

  private Future<AccessReply> list(AccessCall call) {
    return administration
        .rules()
        .map(
            rules ->
                AccessPages.of(
                    rules.accounts().stream().filter(account -> account.kind() == kind).toList(),
                    Account::name,
                    account -> json(account, rules),
                    call.query(),
                    "/api/v1/access/" + path));
  }

  private Future<JsonObject> show(String name) {
    return administration
        .rules()
        .map(rules -> json(AccountAdministration.find(rules, kind, name), rules));
  }

  private JsonObject json(Account account, AccessRules rules) {
    JsonObject json =
        new JsonObject()
            .put("name", account.name())
            .put("role", account.role().text())
            .put("description", account.description())
            .put(
                "groups", new JsonArray(rules.groupsOf(account.name()).stream().sorted().toList()));
    if (kind == Kind.USER) {
      json.put("has_password", account.password().isPresent());
    }
    return json.put("created_at", account.createdAt().toString())
        .put("expires_at", account.expiresAt().map(Instant::toString).orElse(null));
  }

  private Future<AccessReply> create(AccessCall call) {
    JsonFields fields =
        kind == Kind.USER
            ? call.fields("name", PASSWORD, "role", "description", "expires_at")
            : call.fields("name", "role", "description", "expires_at");
    String name = fields.text("name");
    return accounts()
        .create(wish(name, fields), call.caller().actor())
        .compose(ignored -> show(name))
        .map(AccessReply::created);
  }

  private Future<AccessReply> put(AccessCall call) {
    JsonFields fields =
        kind == Kind.USER
            ? call.fields(PASSWORD, "role", "description", "expires_at")
            : call.fields("role", "description", "expires_at");
    return accounts()
        .put(wish(call.name(), fields), call.caller().actor())
        .compose(
            made ->
                show(call.name())
                    .map(json -> made ? AccessReply.created(json) : AccessReply.of(json)));
  }

  private AccountWish wish(String name, JsonFields fields) {
    Optional<Secret> password = kind == Kind.USER ? fields.secret(PASSWORD) : Optional.empty();
    return new AccountWish(
        kind,
        name,
        fields.find("role").map(AccountOperations::role).orElse(Role.VIEWER),
        password,
        fields.find("description").orElse(""),
        fields.time("expires_at"));
  }

  private static Role role(String text) {
    return Role.find(text)
        .orElseThrow(
            () ->
                JsonFields.wrong(
                    "role", "viewer, engineer or admin, and it is " + Quoted.of(text)));
  }

  private Future<AccessReply> delete(AccessCall call) {
    return accounts()
        .delete(kind, call.name(), call.caller().actor())
        .map(ignored -> AccessReply.done());
  }

  private Future<AccessReply> setRole(AccessCall call) {
    Role role = role(call.fields("role").text("role"));
    return accounts()
        .setRole(kind, call.name(), role, call.caller().actor())
        .map(ignored -> AccessReply.done());
  }

  private Future<AccessReply> setPassword(AccessCall call) {
    Secret password = Secret.of(call.fields(PASSWORD).text(PASSWORD));
    return accounts()
        .setPassword(call.name(), password, call.caller().actor())
        .map(ignored -> AccessReply.done());
  }
}
