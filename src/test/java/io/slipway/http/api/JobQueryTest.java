package io.slipway.http.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.MultiMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobQueryTest {
  private static JobQuery query(String... pairs) {
    MultiMap parameters = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < pairs.length; i += 2) {
      parameters.add(pairs[i], pairs[i + 1]);
    }
    return new JobQuery(parameters, "do it", Set.of("dry_run", "size"), "dry_run and size");
  }

  private static void isRefused(ThrowingCallable wrong, String parameter, String message) {
    assertThatThrownBy(wrong)
        .isInstanceOfSatisfying(
            RegistryException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST);
              assertThat(e.detail()).isEqualTo(Map.of("parameter", parameter));
            })
        .hasMessage("tried to do it but the query says " + message);
  }

  @ParameterizedTest
  @CsvSource({"true, true", "'', true", "false, false"})
  void readsFlags(String value, boolean flag) {
    assertThat(query("dry_run", value).flag("dry_run")).isEqualTo(flag);
    assertThat(query().flag("dry_run")).isFalse();
  }

  @Test
  void readsValuesWithinBounds() {
    assertThat(size(query("size", "9"))).hasValue(9);
    assertThat(size(query())).isEmpty();
    for (String wrong : new String[] {"10", "nine", ""}) {
      isRefused(
          () -> size(query("size", wrong)),
          "size",
          "\"size\" = \"" + wrong + "\" and expected is one digit");
    }
  }

  private static Optional<Integer> size(JobQuery query) {
    return query.value("size", Integer::valueOf, size -> size < 10, "one digit");
  }

  @Test
  void refusesWhatIsMisspelledOrThereTwice() {
    isRefused(
        () -> query("dryrun", "true"),
        "dryrun",
        "\"dryrun\" = \"true\" and expected is dry_run and size");
    isRefused(
        () -> query("size", "1", "size", "2"),
        "size",
        "\"size\" = \"1\" and expected is dry_run and size");
    isRefused(
        () -> query("dry_run", "yes").flag("dry_run"),
        "dry_run",
        "\"dry_run\" = \"yes\" and expected is true or false");
  }
}
