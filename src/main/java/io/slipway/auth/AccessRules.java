package io.slipway.auth;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything the database says about who may do what, as it was in one version. Immutable to its
 * callers, and thread-safe; all of it is in memory, about a kilobyte for an account with its keys
 * and policies.
 */
public final class AccessRules {
  /** Names of callers whose policies were looked through; more are looked through each time. */
  private static final int REMEMBERED = 10_000;

  private final long version;
  private final Map<String, Account> accounts;
  private final Map<String, AccessKey> keys;
  private final Map<String, Set<String>> members;
  private final Map<String, Set<String>> groups;
  private final List<Policy> policies;
  private final Rights anonymous;
  private final Map<String, Rights> rights = new ConcurrentHashMap<>();

  /**
   * Takes what was read.
   *
   * @param version which changes whenever any of it does
   * @param members of groups, by the name of the group
   */
  public AccessRules(
      long version,
      Collection<Account> accounts,
      Collection<AccessKey> keys,
      Map<String, Set<String>> members,
      List<Policy> policies) {
    this.version = version;
    this.accounts = accounts.stream().collect(Collectors.toMap(Account::name, Function.identity()));
    this.keys = keys.stream().collect(Collectors.toMap(AccessKey::id, Function.identity()));
    this.members =
        members.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey, group -> Set.copyOf(group.getValue())));
    this.groups = byMember(members);
    this.policies = List.copyOf(policies);
    this.anonymous = anonymous(policies);
  }

  /** Has the same with other policies. */
  private AccessRules(AccessRules rules, List<Policy> policies) {
    this.version = rules.version;
    this.accounts = rules.accounts;
    this.keys = rules.keys;
    this.members = rules.members;
    this.groups = rules.groups;
    this.policies = policies;
    this.anonymous = anonymous(policies);
  }

  private static Rights anonymous(List<Policy> policies) {
    return new PolicyRights(
        policies.stream().filter(policy -> policy.subject() instanceof Subject.Anonymous).toList());
  }

  /** Returns the same with more policies, which stand in front of those here. */
  AccessRules with(List<Policy> more) {
    return more.isEmpty()
        ? this
        : new AccessRules(this, Stream.concat(more.stream(), policies.stream()).toList());
  }

  private static Map<String, Set<String>> byMember(Map<String, Set<String>> members) {
    Map<String, Set<String>> groups = new HashMap<>();
    members.forEach(
        (group, names) ->
            names.forEach(
                name ->
                    groups.merge(
                        name,
                        Set.of(group),
                        (some, more) ->
                            Stream.concat(some.stream(), more.stream())
                                .collect(Collectors.toUnmodifiableSet()))));
    return groups;
  }

  /** Returns the rules of a registry of which nothing is known yet: nobody may do anything. */
  public static AccessRules none() {
    return new AccessRules(-1, List.of(), List.of(), Map.of(), List.of());
  }

  /** Returns which version of the rules this is. */
  public long version() {
    return version;
  }

  /** Finds an account. */
  public Optional<Account> account(String name) {
    return Optional.ofNullable(accounts.get(name));
  }

  /** Finds a key by the part of it that may be shown. */
  public Optional<AccessKey> key(String id) {
    return Optional.ofNullable(keys.get(id));
  }

  /** Returns all accounts, in no order. */
  public Collection<Account> accounts() {
    return Collections.unmodifiableCollection(accounts.values());
  }

  /** Returns the keys of an account, in no order. */
  public List<AccessKey> keys(String account) {
    return keys.values().stream().filter(key -> key.account().equals(account)).toList();
  }

  /** Returns the members of each group, by its name. */
  public Map<String, Set<String>> groups() {
    return members;
  }

  /** Returns the groups that somebody is a member of. */
  public Set<String> groupsOf(String name) {
    return groups.getOrDefault(name, Set.of());
  }

  /** Returns all policies. */
  public List<Policy> policies() {
    return policies;
  }

  /** Returns what those may do who give no credentials. */
  public Rights anonymous() {
    return anonymous;
  }

  /**
   * Returns what somebody may do who signed in. An admin may do everything.
   *
   * @param name of an account, or of somebody an htpasswd file or a certificate names
   */
  public Rights of(String name) {
    if (role(name) == Role.ADMIN) {
      return Rights.ALL;
    }
    Rights known = rights.get(name);
    if (known != null) {
      return known;
    }
    Rights found = find(name);
    if (rights.size() < REMEMBERED) {
      rights.put(name, found);
    }
    return found;
  }

  private Rights find(String name) {
    Set<String> memberOf = groupsOf(name);
    return new PolicyRights(
        policies.stream().filter(policy -> policy.subject().covers(name, memberOf)).toList());
  }

  /** Returns the role of somebody who signed in; viewer when no account says another. */
  public Role role(String name) {
    Account account = accounts.get(name);
    return account == null ? Role.VIEWER : account.role();
  }

  /** Tells whether anybody has an account. */
  public boolean isEmpty() {
    return accounts.isEmpty();
  }
}
