package io.slipway.auth.sql;

import static io.slipway.auth.sql.SqlAccess.event;

import io.slipway.auth.AccessStore.Policies;
import io.slipway.auth.Permission;
import io.slipway.auth.Policy;
import io.slipway.auth.Subject;
import io.slipway.auth.sql.SqlAccess.Step;
import io.slipway.database.Transaction;
import io.slipway.event.Actor;
import io.slipway.event.Outbox;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** Changes policies and groups in SQL. */
final class SqlPolicies implements Policies {
  private static final String CREATE =
      """
      INSERT INTO policy (repository, subject, permissions, created_at)
      VALUES ($1, $2, $3, :now) ON CONFLICT (repository, subject) DO NOTHING
      """;
  private static final String REPLACE =
      "UPDATE policy SET permissions = $3 WHERE repository = $1 AND subject = $2";
  private static final String DELETE = "DELETE FROM policy WHERE repository = $1 AND subject = $2";
  private static final String PUT_GROUP =
      "INSERT INTO access_group (name, created_at) VALUES ($1, :now) ON CONFLICT (name) DO NOTHING";
  private static final String EMPTY_GROUP = "DELETE FROM group_member WHERE name = $1";
  private static final String ADD_MEMBER =
      "INSERT INTO group_member (name, member) VALUES ($1, $2)";
  private static final String DELETE_OF =
      "DELETE FROM policy WHERE subject = $1 RETURNING repository";
  private static final String DELETE_GROUP = "DELETE FROM access_group WHERE name = $1";

  private final SqlAccess access;

  SqlPolicies(SqlAccess access) {
    this.access = access;
  }

  @Override
  public Future<Boolean> put(Policy policy, boolean create, Actor actor) {
    String words =
        policy.permissions().stream()
            .sorted()
            .map(Permission::text)
            .collect(Collectors.joining(","));
    String repository = policy.repository().text();
    String subject = policy.subject().text();
    AtomicBoolean made = new AtomicBoolean();
    return access
        .change(
            event(actor, "policy.written", repository + " " + subject + " " + words),
            step ->
                step.transaction()
                    .update(CREATE, repository, subject, words)
                    .onSuccess(rows -> made.set(rows == 1))
                    .compose(
                        rows ->
                            rows == 1 || create
                                ? Future.succeededFuture(rows)
                                : step.transaction().update(REPLACE, repository, subject, words))
                    .map(rows -> rows == 1))
        .map(changed -> changed && made.get());
  }

  @Override
  public Future<Boolean> delete(String repository, String subject, Actor actor) {
    return access.change(
        event(actor, "policy.deleted", repository + " " + subject),
        step -> step.transaction().update(DELETE, repository, subject).map(rows -> rows == 1));
  }

  @Override
  public Future<Boolean> putGroup(String name, Set<String> members, boolean create, Actor actor) {
    AtomicBoolean made = new AtomicBoolean();
    return access
        .change(
            event(actor, "group.written", name),
            step ->
                step.transaction()
                    .update(PUT_GROUP, name)
                    .onSuccess(rows -> made.set(rows == 1))
                    .compose(
                        rows ->
                            rows == 1 || !create
                                ? fill(step.transaction(), name, members)
                                : Future.succeededFuture(false)))
        .map(changed -> changed && made.get());
  }

  private static Future<Boolean> fill(Transaction transaction, String name, Set<String> members) {
    Future<Integer> last = transaction.update(EMPTY_GROUP, name);
    for (String member : members.stream().sorted().toList()) {
      last = last.compose(ignored -> transaction.update(ADD_MEMBER, name, member));
    }
    return last.map(true);
  }

  @Override
  public Future<Boolean> deleteGroup(String name, Actor actor) {
    return access.change(
        event(actor, "group.deleted", name),
        step ->
            step.transaction()
                .update(DELETE_GROUP, name)
                .compose(
                    rows ->
                        rows == 1
                            ? deleteOf(step, Subject.GROUP + name, actor).map(true)
                            : Future.succeededFuture(false)));
  }

  /** Deletes the policies that name somebody who is deleted: others may get the name. */
  static Future<Void> deleteOf(Step step, String subject, Actor actor) {
    return step.transaction()
        .query(DELETE_OF, row -> row.string("repository"), subject)
        .compose(repositories -> tell(step.transaction(), repositories, subject, actor));
  }

  private static Future<Void> tell(
      Transaction transaction, List<String> repositories, String subject, Actor actor) {
    Future<Void> last = Future.succeededFuture();
    for (String repository : repositories) {
      last =
          last.compose(
              ignored ->
                  Outbox.append(
                      transaction, event(actor, "policy.deleted", repository + " " + subject)));
    }
    return last;
  }
}
