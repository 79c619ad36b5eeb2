package io.slipway.server;

import io.slipway.auth.Account;
import io.slipway.runtime.PercentCode;
import io.slipway.runtime.Secret;
import io.slipway.server.AccessApi.Said;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Says and changes who may do what in a registry, and says who did, for the command line: by its
 * server, or by its database when there is none. Blocks; every failure is an {@code IOException} or
 * a {@code RegistryException} with a sentence for people.
 */
public final class RegistryAccess implements AutoCloseable {
  private static final String ROOT = "/api/v1/access/";
  private static final String AUDIT = "/api/v1/audit?n=";

  /** Of entries in one answer. */
  private static final int PAGE = 1000;

  private final AccessApi api;

  private RegistryAccess(AccessApi api) {
    this.api = api;
  }

  /** Asks a server, wherever its data is. */
  public static RegistryAccess at(NamedServer server) {
    return new RegistryAccess(new RemoteAccessApi(server));
  }

  /**
   * Asks the server that has the data folder of this configuration, as whoever owns the folder;
   * works on the database when there is none, or when it is a PostgreSQL that others serve.
   */
  public static RegistryAccess of(RegistryConfig config) throws IOException {
    boolean shared = config.database().postgres().isPresent();
    Path folder = config.storage().path();
    if (!shared && !Files.isDirectory(folder)) {
      throw new IOException(
          "tried to find the registry but there is no data folder " + folder.toAbsolutePath());
    }
    Optional<URI> server = Optional.empty();
    try {
      if (shared && Files.isDirectory(folder)) {
        DataFolder.take(folder).release(false);
      }
      return new RegistryAccess(LocalAccessApi.open(config));
    } catch (FolderInUseException e) {
      server = e.server();
      if (server.isEmpty() && !shared) {
        throw e;
      }
    }
    return server.isPresent()
        ? at(NamedServer.ofFolder(server.get(), config))
        : new RegistryAccess(LocalAccessApi.open(config));
  }

  /** Which accounts are meant. */
  public enum Accounts {
    USERS,
    ROBOTS;

    private String path() {
      return this == USERS ? "users" : "robots";
    }
  }

  /** Returns all users or robots. */
  public List<JsonObject> accounts(Accounts kind) throws IOException {
    return list(kind.path());
  }

  /** Makes a user, with a password or without; returns it. */
  public JsonObject addUser(String name, String role, String description, Optional<Secret> password)
      throws IOException {
    JsonObject body = account(name, role, description);
    password.ifPresent(secret -> body.put("password", secret.reveal()));
    return post("users", body);
  }

  /** Makes a robot, which has no key yet; returns it. */
  public JsonObject addRobot(String name, String role, String description) throws IOException {
    return post("robots", account(name, role, description));
  }

  private static JsonObject account(String name, String role, String description) {
    return new JsonObject().put("name", name).put("role", role).put("description", description);
  }

  /** Sets the password of a user. */
  public void setPassword(String name, Secret password) throws IOException {
    put(
        "users/" + segment(name) + "/password",
        new JsonObject().put("password", password.reveal()));
  }

  /** Sets a role. */
  public void setRole(Accounts kind, String name, String role) throws IOException {
    put(kind.path() + "/" + segment(name) + "/role", new JsonObject().put("role", role));
  }

  /** Deletes an account. */
  public void remove(Accounts kind, String name) throws IOException {
    delete(kind.path() + "/" + segment(name));
  }

  /** Returns the keys of an account, without what opens anything. */
  public List<JsonObject> keys(Accounts kind, String name) throws IOException {
    return list(kind.path() + "/" + segment(name) + "/keys");
  }

  /**
   * Makes a key; returns it, and what opens the registry as {@code key}.
   *
   * @param expires as {@code 90d}, or {@code never}; empty for what is usual
   */
  public JsonObject makeKey(
      Accounts kind, String name, String description, Optional<String> expires) throws IOException {
    JsonObject body = new JsonObject().put("description", description);
    expires.ifPresent(text -> body.put("expires_in", text));
    return post(kind.path() + "/" + segment(name) + "/keys", body);
  }

  /** Deletes a key. */
  public void revokeKey(Accounts kind, String name, String id) throws IOException {
    delete(kind.path() + "/" + segment(name) + "/keys/" + segment(id));
  }

  /** Returns all groups. */
  public List<JsonObject> groups() throws IOException {
    return list("groups");
  }

  /** Makes a group or sets its members. */
  public void setGroup(String name, List<String> members) throws IOException {
    put("groups/" + segment(name), new JsonObject().put("members", new JsonArray(members)));
  }

  /** Deletes a group. */
  public void removeGroup(String name) throws IOException {
    delete("groups/" + segment(name));
  }

  /** Returns all policies. */
  public List<JsonObject> policies() throws IOException {
    return list("policies");
  }

  /** Writes a policy. */
  public void setPolicy(String repository, String user, List<String> permissions)
      throws IOException {
    put(
        "policies",
        new JsonObject()
            .put("repository", repository)
            .put("user", user)
            .put("permissions", new JsonArray(permissions)));
  }

  /** Deletes a policy. */
  public void removePolicy(String repository, String user) throws IOException {
    delete(
        "policies?repository="
            + PercentCode.encode(repository)
            + "&user="
            + PercentCode.encode(user));
  }

  /**
   * Returns entries of the audit log, newest first.
   *
   * @param filters as {@code GET /api/v1/audit} takes them
   * @param limit at most so many, at least 1
   */
  public List<JsonObject> audit(Map<String, String> filters, int limit) throws IOException {
    StringBuilder target = new StringBuilder(AUDIT).append(Math.min(limit, PAGE));
    filters.forEach(
        (name, value) ->
            target.append('&').append(name).append('=').append(PercentCode.encode(value)));
    return follow(target.toString(), limit);
  }

  private List<JsonObject> list(String path) throws IOException {
    return follow(ROOT + path, Integer.MAX_VALUE);
  }

  /** Reads a list page by page, of which some may be empty, until there are enough. */
  private List<JsonObject> follow(String first, int limit) throws IOException {
    List<JsonObject> all = new ArrayList<>();
    Optional<String> next = Optional.of(first);
    while (next.isPresent() && all.size() < limit) {
      Said page = api.ask("GET", next.get(), null);
      JsonArray items = new JsonArray(page.json());
      for (int i = 0; i < items.size() && all.size() < limit; i++) {
        all.add(items.getJsonObject(i));
      }
      next = page.next();
    }
    return all;
  }

  private JsonObject post(String path, JsonObject body) throws IOException {
    return new JsonObject(api.ask("POST", ROOT + path, body).json());
  }

  private void put(String path, JsonObject body) throws IOException {
    api.ask("PUT", ROOT + path, body);
  }

  private void delete(String path) throws IOException {
    api.ask("DELETE", ROOT + path, null);
  }

  /** What would be another path is no name. */
  private static String segment(String name) throws IOException {
    if (!Account.isName(name)) {
      throw new IOException("tried to find " + name + " but that is no name of anything");
    }
    return name;
  }

  @Override
  public void close() throws IOException {
    api.close();
  }
}
