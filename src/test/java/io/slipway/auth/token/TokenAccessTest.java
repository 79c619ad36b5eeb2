package io.slipway.auth.token;

import static io.slipway.auth.Permission.DELETE;
import static io.slipway.auth.Permission.PULL;
import static io.slipway.auth.Permission.PUSH;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.auth.AccessRules;
import io.slipway.auth.Permission;
import io.slipway.auth.Policy;
import io.slipway.auth.Rights;
import io.slipway.auth.Subject;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.RepositoryPattern;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokenAccessTest {
  private static final RepositoryName APP = RepositoryName.parse("org/app");
  private static final RepositoryName OTHER = RepositoryName.parse("org/other");
  private static final RepositoryName OUTSIDE = RepositoryName.parse("outside");
  private static final Rights NOTHING = AccessRules.none().anonymous();

  private static Rights developer(Permission... permissions) {
    Policy policy =
        new Policy(
            RepositoryPattern.parse("org/*"),
            Subject.parse("dev"),
            Set.of(permissions),
            Instant.EPOCH);
    return new AccessRules(1, List.of(), List.of(), Map.of(), List.of(policy)).of("dev");
  }

  private static TokenAccess granted(Rights rights, String... scopes) {
    return TokenAccess.granted(Scope.parse(List.of(scopes)), rights);
  }

  @Test
  void grantsWhatIsBothAskedForAndAllowed() {
    Rights rights = developer(PULL, PUSH);
    assertThat(granted(rights, "repository:org/app:pull,delete").repositories())
        .isEqualTo(Map.of(APP, Set.of(PULL)));
    assertThat(granted(rights, "repository:org/app:*").repositories())
        .isEqualTo(Map.of(APP, Set.of(PULL, PUSH)));
    assertThat(granted(rights, "repository:org/app:pull", "repository:org/app:push").scope())
        .isEqualTo("repository:org/app:pull,push");
    assertThat(granted(rights, "repository:outside:pull repository:Upper:pull x:y:pull").scope())
        .isEmpty();
  }

  @Test
  void grantsTheCatalogToWhoMayListAnything() {
    assertThat(granted(developer(PULL), "registry:catalog:*").catalog()).isTrue();
    assertThat(granted(NOTHING, "registry:catalog:*").catalog()).isFalse();
    assertThat(granted(Rights.ALL, "registry:catalog:pull", "registry:other:*").catalog())
        .isFalse();
  }

  @Test
  void readsTheClaimItWrites() {
    TokenAccess access = granted(Rights.ALL, "repository:org/app:pull,push", "registry:catalog:*");
    assertThat(TokenAccess.read(access.claim())).isEqualTo(access);
    assertThat(access.claim())
        .contains(
            Map.of("type", "repository", "name", "org/app", "actions", List.of("pull", "push")));
  }

  @Test
  void allowsNothingForAClaimItDoesNotKnow() {
    assertThat(
            TokenAccess.read(
                List.of(
                    "text",
                    Map.of("type", "repository"),
                    Map.of("type", "repository", "name", 1, "actions", List.of("pull")),
                    Map.of("type", "repository", "name", "a", "actions", "pull"),
                    Map.of("type", "repository", "name", "a", "actions", List.of(1, "fly")),
                    Map.of("type", "Repository", "name", "a", "actions", List.of("pull")))))
        .isEqualTo(new TokenAccess(Map.of(), false));
    assertThat(TokenAccess.read("text")).isEqualTo(new TokenAccess(Map.of(), false));
  }

  @Test
  void narrowsAndNeverGrants() {
    Rights both =
        granted(Rights.ALL, "repository:org/app:pull,delete", "repository:outside:pull")
            .within(developer(PULL, PUSH));
    assertThat(both.allow(PULL, APP)).isTrue();
    assertThat(both.allow(PUSH, APP)).as("not in the token").isFalse();
    assertThat(both.allow(DELETE, APP)).as("not in the policy").isFalse();
    assertThat(both.allow(PULL, OTHER)).as("another repository").isFalse();
    assertThat(both.allow(PULL, OUTSIDE)).as("no policy").isFalse();
    assertThat(both.allowCatalog()).isFalse();
    assertThat(both.repositories(PULL).matches(APP)).isTrue();
    assertThat(both.repositories(PULL).matches(OTHER)).isFalse();
    assertThat(both.repositories(PULL).matches(OUTSIDE)).isFalse();
    assertThat(both.repositories(PUSH).matches(APP)).isFalse();
  }

  @Test
  void listsWithATokenForTheCatalogWhatItsHolderMayPull() {
    Rights listing = granted(Rights.ALL, "registry:catalog:*").within(developer(PULL));
    assertThat(listing.allowCatalog()).isTrue();
    assertThat(listing.catalog().matches(APP)).isTrue();
    assertThat(listing.catalog().matches(OUTSIDE)).isFalse();
    assertThat(listing.allow(PULL, APP)).isFalse();
    assertThat(listing.repositories(PULL).matches(APP)).as("for mounts, too").isFalse();
  }
}
