package io.slipway.auth.token;

import io.slipway.auth.AccessKey;
import io.slipway.auth.AccessRules;
import io.slipway.auth.AccessStore;
import io.slipway.auth.Account;
import io.slipway.auth.Policy;
import io.slipway.auth.Role;
import io.slipway.auth.Subject;
import io.slipway.oci.RepositoryPattern;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Rules in memory that a test changes. */
final class GivenRules implements AccessStore {
  private final Map<String, Account> accounts = new HashMap<>();
  private final Map<String, AccessKey> keys = new HashMap<>();
  private final List<Policy> policies = new ArrayList<>();
  private long version;

  synchronized GivenRules account(String name, long credentials) {
    return account(name, credentials, Secret.of("hash"));
  }

  synchronized GivenRules account(String name, long credentials, Secret hash) {
    accounts.put(
        name,
        new Account(
            name,
            Account.Kind.USER,
            Role.VIEWER,
            Optional.of(hash),
            credentials,
            "",
            Instant.EPOCH,
            Optional.empty()));
    version++;
    return this;
  }

  synchronized GivenRules without(String name) {
    accounts.remove(name);
    version++;
    return this;
  }

  synchronized GivenRules key(AccessKey key) {
    keys.put(key.id(), key);
    version++;
    return this;
  }

  synchronized GivenRules withoutKeys() {
    keys.clear();
    version++;
    return this;
  }

  synchronized GivenRules policy(String repository, String subject, Set<String> permissions) {
    policies.add(
        new Policy(
            RepositoryPattern.parse(repository),
            Subject.parse(subject),
            permissions.stream()
                .flatMap(word -> io.slipway.auth.Permission.find(word).stream())
                .collect(java.util.stream.Collectors.toSet()),
            Instant.EPOCH));
    version++;
    return this;
  }

  synchronized GivenRules withoutPolicies() {
    policies.clear();
    version++;
    return this;
  }

  @Override
  public synchronized Future<Long> version() {
    return Future.succeededFuture(version);
  }

  @Override
  public synchronized Future<AccessRules> load() {
    return Future.succeededFuture(
        new AccessRules(version, accounts.values(), keys.values(), Map.of(), policies));
  }

  @Override
  public Accounts accounts() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Policies policies() {
    throw new UnsupportedOperationException();
  }
}
