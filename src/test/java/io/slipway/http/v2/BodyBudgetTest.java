package io.slipway.http.v2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BodyBudgetTest {
  @Test
  void whatIsGivenBackCanBeTakenAgain() {
    BodyBudget budget = new BodyBudget(10);
    assertThat(budget.take(6)).isTrue();
    assertThat(budget.take(5)).isFalse();
    assertThat(budget.take(4)).isTrue();
    assertThat(budget.take(1)).isFalse();
    budget.giveBack(6);
    assertThat(budget.take(6)).isTrue();
    budget.giveBack(10);
    assertThat(budget.taken()).isZero();
  }

  @Test
  void aManifestAlwaysFitsTheHeapsShare() {
    assertThat(BodyBudget.ofHeap().take(4 * 1024 * 1024)).isTrue();
  }
}
