package io.slipway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.auth.Caller.Kind;
import io.slipway.auth.Requirement.Plain;
import io.slipway.oci.RepositoryName;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequirementTest {
  private static final Rights NO_RIGHTS = AccessRules.none().anonymous();

  private static Caller caller(String who) {
    return switch (who) {
      case "anonymous" ->
          new Caller(
              Kind.ANONYMOUS,
              "anonymous",
              Optional.empty(),
              NO_RIGHTS,
              false,
              Optional.empty(),
              "");
      case "everybody" -> Caller.everybody("");
      case "admin by token" ->
          new Caller(
              Kind.SIGNED_IN, "a", Optional.of(Role.ADMIN), Rights.ALL, true, Optional.empty(), "");
      case "admin" ->
          new Caller(
              Kind.SIGNED_IN,
              "a",
              Optional.of(Role.ADMIN),
              Rights.ALL,
              false,
              Optional.empty(),
              "");
      default ->
          new Caller(
              Kind.SIGNED_IN,
              "a",
              Optional.of(Role.find(who).orElseThrow()),
              NO_RIGHTS,
              false,
              Optional.empty(),
              "");
    };
  }

  @ParameterizedTest
  @CsvSource({
    "anonymous, Nxxxxxx",
    "viewer, NSVxxxx",
    "engineer, NSVExxx",
    "admin, NSVEACR",
    "admin by token, NSxxxCR",
    "everybody, NSVEACR"
  })
  void isMetByWhoMay(String who, String expected) {
    StringBuilder met = new StringBuilder();
    Requirement[] all = {
      Plain.NOTHING,
      Plain.SIGNED_IN,
      new Requirement.AtLeast(Role.VIEWER),
      new Requirement.AtLeast(Role.ENGINEER),
      new Requirement.AtLeast(Role.ADMIN),
      Plain.CATALOG,
      new Requirement.InRepository(Permission.PUSH, new RepositoryName("app"))
    };
    for (int i = 0; i < all.length; i++) {
      met.append(all[i].isMetBy(caller(who)) ? "NSVEACR".charAt(i) : 'x');
    }
    assertThat(met.toString()).isEqualTo(expected);
  }
}
