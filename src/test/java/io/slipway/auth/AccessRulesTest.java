package io.slipway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.RepositoryFilter;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.RepositoryPattern;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AccessRulesTest {
  private static final RepositoryName APP = new RepositoryName("team/app");

  private static Policy policy(String repository, String subject, String permissions) {
    return new Policy(
        RepositoryPattern.parse(repository),
        Subject.parse(subject),
        Arrays.stream(permissions.split(",", -1))
            .map(word -> Permission.find(word).orElseThrow())
            .collect(Collectors.toSet()),
        Instant.EPOCH);
  }

  private static Account account(String name, Role role) {
    return new Account(
        name, Account.Kind.USER, role, Optional.empty(), 1, "", Instant.EPOCH, Optional.empty());
  }

  private static AccessRules rules(Policy... policies) {
    return new AccessRules(
        1,
        List.of(account("root", Role.ADMIN), account("ann", Role.ENGINEER)),
        List.of(),
        Map.of("devs", Set.of("ann", "bob"), "ops", Set.of("ann")),
        List.of(policies));
  }

  @Test
  void allowsNothingWithoutAPolicy() {
    for (Permission permission : Permission.values()) {
      assertThat(rules().of("ann").allow(permission, APP)).isFalse();
      assertThat(rules().anonymous().allow(permission, APP)).isFalse();
      assertThat(rules().of("ann").repositories(permission).matches(APP)).isFalse();
    }
    assertThat(rules().of("ann").allowCatalog()).isFalse();
  }

  @Test
  void allowsAnAdminEverything() {
    assertThat(rules().of("root").allow(Permission.DELETE, APP)).isTrue();
    assertThat(rules().of("root").repositories(Permission.PULL)).isEqualTo(RepositoryFilter.ALL);
  }

  @Test
  void allowsWhatAnyPolicyAllows() {
    AccessRules rules = rules(policy("team/*", "ann", "pull"), policy("*", "ann", "push"));
    assertThat(rules.of("ann").allow(Permission.PULL, APP)).isTrue();
    assertThat(rules.of("ann").allow(Permission.PUSH, APP)).isTrue();
    assertThat(rules.of("ann").allow(Permission.DELETE, APP)).isFalse();
    assertThat(rules.of("ann").allow(Permission.PULL, new RepositoryName("other"))).isFalse();
    assertThat(rules.of("bob").allow(Permission.PULL, APP)).isFalse();
  }

  @Test
  void meansEverybodyWhoSignedInByAStar() {
    AccessRules rules = rules(policy("*", "*", "pull"));
    assertThat(rules.of("somebody").allow(Permission.PULL, APP)).isTrue();
    assertThat(rules.anonymous().allow(Permission.PULL, APP)).isFalse();
  }

  @Test
  void namesAnonymousAlone() {
    AccessRules rules = rules(policy("team/*", "anonymous", "pull"));
    assertThat(rules.anonymous().allow(Permission.PULL, APP)).isTrue();
    assertThat(rules.anonymous().allowCatalog()).isTrue();
    assertThat(rules.of("ann").allow(Permission.PULL, APP)).isFalse();
    assertThat(rules.of("anonymous").allow(Permission.PULL, APP)).isFalse();
  }

  @Test
  void coversTheMembersOfAGroup() {
    AccessRules rules = rules(policy("a", "group:devs", "pull"), policy("b", "group:ops", "pull"));
    assertThat(rules.of("ann").allow(Permission.PULL, new RepositoryName("a"))).isTrue();
    assertThat(rules.of("ann").allow(Permission.PULL, new RepositoryName("b"))).isTrue();
    assertThat(rules.of("bob").allow(Permission.PULL, new RepositoryName("b"))).isFalse();
    assertThat(rules.of("group:devs").allow(Permission.PULL, new RepositoryName("a"))).isFalse();
  }

  @Test
  void saysTheSameAsItsFilter() {
    AccessRules rules =
        rules(policy("team/*", "ann", "pull"), policy("x/**", "ann", "pull,delete"));
    for (String name : List.of("team/app", "team/app/x", "x/y", "x/y/z", "x", "other")) {
      RepositoryName repository = new RepositoryName(name);
      for (Permission permission : Permission.values()) {
        assertThat(rules.of("ann").repositories(permission).matches(repository))
            .as(permission + " " + name)
            .isEqualTo(rules.of("ann").allow(permission, repository));
      }
    }
  }

  @Test
  void makesWhoHasNoAccountAViewer() {
    assertThat(rules().role("ann")).isEqualTo(Role.ENGINEER);
    assertThat(rules().role("of a file")).isEqualTo(Role.VIEWER);
  }
}
