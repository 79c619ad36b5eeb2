package io.slipway.auth.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScopeTest {
  @Test
  void readsSeveralParametersOfSeveralScopes() {
    assertThat(Scope.parse(List.of("repository:a/b:pull,push registry:catalog:*", "", "x:y:")))
        .containsExactly(
            new Scope("repository", "a/b", Set.of("pull", "push")),
            new Scope("registry", "catalog", Set.of("*")),
            new Scope("x", "y", Set.of()));
  }

  @Test
  void leavesTheClassOfATypeOut() {
    assertThat(Scope.parse(List.of("repository(plugin):a:pull")))
        .containsExactly(new Scope("repository", "a", Set.of("pull")));
  }

  @Test
  void allowsTheColonOfAPort() {
    assertThat(Scope.parse(List.of("repository:host.lan:5000/a:pull")))
        .containsExactly(new Scope("repository", "host.lan:5000/a", Set.of("pull")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "repository",
        "repository:a",
        ":a:pull",
        "repository::pull",
        "Repository:a:pull",
        "repository():a:pull",
        "repository:a:pull;push",
        "repository:a:PULL",
      })
  void refusesWhatIsNone(String text) {
    assertThat(refused(List.of(text))).isEqualTo(ErrorCode.BAD_REQUEST);
  }

  @Test
  void refusesTooMuch() {
    List<String> most = Collections.nCopies(Scope.MAX_SCOPES, "repository:a:pull");
    assertThat(Scope.parse(most)).hasSize(Scope.MAX_SCOPES);
    assertThat(refused(List.of(String.join(" ", most), "repository:a:pull")))
        .isEqualTo(ErrorCode.BAD_REQUEST);
    assertThat(refused(List.of("repository:" + "a".repeat(2000) + ":pull")))
        .isEqualTo(ErrorCode.BAD_REQUEST);
  }

  private static ErrorCode refused(List<String> parameters) {
    return catchThrowableOfType(RegistryException.class, () -> Scope.parse(parameters)).code();
  }
}
