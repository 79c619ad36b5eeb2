package io.slipway.auth;

import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryPattern;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Lists and changes who may do what, for the API and the command line. What it answers holds on
 * this node already. Thread-safe; blocks nothing.
 *
 * <p>It looks at what the database has now, not at the rules in memory, which may be a second old:
 * a look costs one read of all rules.
 */
public final class AccessAdministration {
  private final AccessStore store;
  private final List<Policy> always;
  private final Supplier<Future<Void>> reload;
  private final AccountAdministration accounts;
  private final PolicyAdministration policies;

  /**
   * Makes one.
   *
   * @param store knows the rules that can be changed
   * @param always policies of the configuration, which hold besides and cannot be changed
   * @param reload has the rules of this process know of a change
   * @param signIn checks a name and a password, and slows down who guesses them
   */
  public AccessAdministration(
      AccessStore store,
      List<Policy> always,
      Supplier<Future<Void>> reload,
      Passwords passwords,
      Function<Guess, Future<Void>> signIn,
      Clock clock) {
    this.store = store;
    this.always = List.copyOf(always);
    this.reload = reload;
    this.accounts = new AccountAdministration(this, store, passwords, signIn, clock);
    this.policies = new PolicyAdministration(this, store);
  }

  /** A password that somebody says is theirs, and the address they say it from. */
  public record Guess(Credentials.Basic credentials, String address) {}

  /** What somebody may do in the repositories of a pattern. */
  public record Allowed(RepositoryPattern repository, Set<Permission> permissions) {}

  /** Reads the rules as they are now, without the policies of the configuration. */
  public Future<AccessRules> rules() {
    return store.load();
  }

  /** Returns users, robots and keys. */
  public AccountAdministration accounts() {
    return accounts;
  }

  /** Returns policies and groups. */
  public PolicyAdministration policies() {
    return policies;
  }

  /** Returns what a caller may do in repositories, in the order of the patterns. */
  public List<Allowed> allowed(Caller caller, AccessRules rules) {
    if (caller.has(Role.ADMIN)) {
      return List.of(new Allowed(RepositoryPattern.parse("*"), EnumSet.allOf(Permission.class)));
    }
    if (caller.kind() == Caller.Kind.EXTERNAL) {
      return granted(caller.rights());
    }
    Set<String> groups = rules.groupsOf(caller.name());
    Map<String, Allowed> found = new TreeMap<>();
    List<Policy> all = new ArrayList<>(always);
    all.addAll(rules.policies());
    for (Policy policy : all) {
      if (policy.subject().covers(caller.name(), groups) && !policy.permissions().isEmpty()) {
        found.merge(
            policy.repository().text(),
            new Allowed(policy.repository(), policy.permissions()),
            AccessAdministration::both);
      }
    }
    return List.copyOf(found.values());
  }

  /** Policies are not about whom another server names: their token says all, in one list. */
  private static List<Allowed> granted(Rights rights) {
    Map<String, Allowed> found = new TreeMap<>();
    for (Permission permission : Permission.values()) {
      rights.repositories(permission).unions().stream()
          .flatMap(List::stream)
          .map(pattern -> new Allowed(pattern, EnumSet.of(permission)))
          .forEach(
              allowed ->
                  found.merge(allowed.repository().text(), allowed, AccessAdministration::both));
    }
    return List.copyOf(found.values());
  }

  private static Allowed both(Allowed some, Allowed more) {
    Set<Permission> all = EnumSet.noneOf(Permission.class);
    all.addAll(some.permissions());
    all.addAll(more.permissions());
    return new Allowed(some.repository(), all);
  }

  /** Throws what says that there was nothing to change. */
  static Void require(boolean found, Supplier<RegistryException> missing) {
    if (!found) {
      throw missing.get();
    }
    return null;
  }

  /** Waits until what was changed holds here. */
  <T> Future<T> changed(Future<T> change) {
    return change.compose(result -> reload.get().map(result));
  }
}
