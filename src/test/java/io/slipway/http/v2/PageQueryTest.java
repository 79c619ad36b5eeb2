package io.slipway.http.v2;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.http.RequestQuery;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class PageQueryTest {
  @Test
  void readsHowManyAndBehindWhat() {
    assertThat(PageQuery.of(RequestQuery.parse("n=10000&last=a%2Fb")))
        .isEqualTo(new PageQuery(OptionalInt.of(10_000), "a/b"));
    assertThat(PageQuery.of(RequestQuery.parse(null)))
        .isEqualTo(new PageQuery(OptionalInt.empty(), ""));
  }
}
