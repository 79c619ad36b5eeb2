package io.slipway.auth;

import io.slipway.event.Actor;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.Quoted;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryPattern;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Writes and deletes policies and groups. Fails with {@code BAD_REQUEST} or {@code NAME_INVALID}
 * for what cannot be, {@code NOT_FOUND} for what is not there, and {@code CONFLICT} for what is
 * there but should be new.
 */
public final class PolicyAdministration {
  /** Of one group; each is a row that is written while all other changes of rules wait. */
  public static final int MEMBERS = 2000;

  private final AccessAdministration administration;
  private final AccessStore.Policies store;

  PolicyAdministration(AccessAdministration administration, AccessStore store) {
    this.administration = administration;
    this.store = store.policies();
  }

  /**
   * Writes a policy.
   *
   * @param create whether it must be new; one of the same repository and subject is replaced
   *     otherwise
   * @param user a name, a pattern of names, {@code group:NAME} or {@code anonymous}
   * @return whether it is new
   */
  public Future<Boolean> put(
      String repository, String user, List<String> permissions, boolean create, Actor actor) {
    Policy policy;
    try {
      policy =
          new Policy(
              RepositoryPattern.parse(repository),
              subject(user),
              permissions(permissions),
              Instant.EPOCH);
    } catch (RegistryException e) {
      return Future.failedFuture(e);
    }
    return administration
        .changed(store.put(policy, create, actor))
        .map(
            made -> {
              if (create && !made) {
                throw new RegistryException(
                    ErrorCode.CONFLICT,
                    "tried to make a policy but one of this repository and user is there already");
              }
              return made;
            });
  }

  private static Subject subject(String text) {
    Subject subject = Subject.parse(text);
    if (subject instanceof Subject.Members members) {
      AccountAdministration.requireName(members.group(), "existing group");
    }
    return subject;
  }

  private static Set<Permission> permissions(List<String> words) {
    Set<Permission> permissions = EnumSet.noneOf(Permission.class);
    for (String word : words) {
      permissions.add(
          Permission.find(word)
              .orElseThrow(
                  () ->
                      new RegistryException(
                          ErrorCode.BAD_REQUEST,
                          "tried to read the permissions but "
                              + Quoted.of(word)
                              + " is none of pull, push and delete")));
    }
    if (permissions.isEmpty()) {
      throw new RegistryException(
          ErrorCode.BAD_REQUEST,
          "tried to read the permissions but expected one of pull, push and delete at least; a"
              + " policy that allows nothing is to be deleted");
    }
    return permissions;
  }

  /** Deletes the policy that was written with these very texts. */
  public Future<Void> delete(String repository, String user, Actor actor) {
    return administration
        .changed(store.delete(repository, user, actor))
        .map(found -> AccessAdministration.require(found, () -> missing(repository, user)));
  }

  private static RegistryException missing(String repository, String user) {
    return new RegistryException(
        ErrorCode.NOT_FOUND,
        "tried to find the policy of "
            + Quoted.of(repository)
            + " and "
            + Quoted.of(user)
            + " but there is none");
  }

  /** Finds the policy that was written with these very texts. */
  public Future<Policy> find(String repository, String user) {
    return administration
        .rules()
        .map(
            rules ->
                rules.policies().stream()
                    .filter(policy -> policy.repository().text().equals(repository))
                    .filter(policy -> policy.subject().text().equals(user))
                    .findFirst()
                    .orElseThrow(() -> missing(repository, user)));
  }

  /**
   * Makes a group, or sets its members, who need not have accounts.
   *
   * @param create whether it must be new
   * @return whether it is new
   */
  public Future<Boolean> putGroup(
      String name, Collection<String> members, boolean create, Actor actor) {
    try {
      AccountAdministration.requireName(name, "group");
      if (members.size() > MEMBERS) {
        throw new RegistryException(
            ErrorCode.BAD_REQUEST,
            "tried to set a group of "
                + members.size()
                + " members but expected at most "
                + MEMBERS);
      }
      members.forEach(member -> AccountAdministration.requireName(member, "account"));
    } catch (RegistryException e) {
      return Future.failedFuture(e);
    }
    return administration
        .changed(store.putGroup(name, Set.copyOf(members), create, actor))
        .map(
            made -> {
              if (create && !made) {
                throw new RegistryException(
                    ErrorCode.CONFLICT,
                    "tried to make the group " + name + " but there is one already");
              }
              return made;
            });
  }

  /** Deletes a group and the policies that name it. */
  public Future<Void> deleteGroup(String name, Actor actor) {
    return administration
        .changed(store.deleteGroup(name, actor))
        .map(found -> AccessAdministration.require(found, () -> missingGroup(name)));
  }

  /** Returns the members of a group in rules that were read; throws {@code NOT_FOUND}. */
  public static Set<String> members(AccessRules rules, String name) {
    Set<String> members = rules.groups().get(name);
    if (members == null) {
      throw missingGroup(name);
    }
    return members;
  }

  private static RegistryException missingGroup(String name) {
    return new RegistryException(
        ErrorCode.NOT_FOUND, "tried to find the group " + Quoted.of(name) + " but there is none");
  }
}
