package io.slipway.auth.sql;

import static io.slipway.auth.sql.SqlAccess.event;

import io.slipway.auth.AccessStore.Policies;
import io.slipway.auth.Permission;
import io.slipway.auth.Policy;
import io.slipway.event.Actor;
import io.vertx.core.Future;
import java.util.Set;
import java.util.stream.Collectors;

/** Changes policies and groups in SQL. */
final class SqlPolicies implements Policies {
  private static final String PUT =
      """
      INSERT INTO policy (repository, subject, permissions, created_at)
      VALUES ($1, $2, $3, :now)
      ON CONFLICT (repository, subject) DO UPDATE SET permissions = excluded.permissions
      """;
  private static final String DELETE = "DELETE FROM policy WHERE repository = $1 AND subject = $2";
  private static final String PUT_GROUP =
      "INSERT INTO access_group (name, created_at) VALUES ($1, :now) ON CONFLICT (name) DO NOTHING";
  private static final String EMPTY_GROUP = "DELETE FROM group_member WHERE name = $1";
  private static final String ADD_MEMBER =
      "INSERT INTO group_member (name, member) VALUES ($1, $2)";
  private static final String DELETE_GROUP = "DELETE FROM access_group WHERE name = $1";

  private final SqlAccess access;

  SqlPolicies(SqlAccess access) {
    this.access = access;
  }

  @Override
  public Future<Void> put(Policy policy, Actor actor) {
    String words =
        policy.permissions().stream()
            .sorted()
            .map(Permission::text)
            .collect(Collectors.joining(","));
    String repository = policy.repository().text();
    String subject = policy.subject().text();
    return access
        .change(
            event(actor, "policy.written", repository + " " + subject + " " + words),
            step -> step.transaction().update(PUT, repository, subject, words).map(ignored -> true))
        .mapEmpty();
  }

  @Override
  public Future<Boolean> delete(String repository, String subject, Actor actor) {
    return access.change(
        event(actor, "policy.deleted", repository + " " + subject),
        step -> step.transaction().update(DELETE, repository, subject).map(rows -> rows == 1));
  }

  @Override
  public Future<Void> putGroup(String name, Set<String> members, Actor actor) {
    return access
        .change(
            event(actor, "group.written", name),
            step -> {
              Future<Integer> last =
                  step.transaction()
                      .update(PUT_GROUP, name)
                      .compose(ignored -> step.transaction().update(EMPTY_GROUP, name));
              for (String member : members.stream().sorted().toList()) {
                last = last.compose(ignored -> step.transaction().update(ADD_MEMBER, name, member));
              }
              return last.map(ignored -> true);
            })
        .mapEmpty();
  }

  @Override
  public Future<Boolean> deleteGroup(String name, Actor actor) {
    return access.change(
        event(actor, "group.deleted", name),
        step -> step.transaction().update(DELETE_GROUP, name).map(rows -> rows == 1));
  }
}
