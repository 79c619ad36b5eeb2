package io.slipway.clients.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.clients.faults.Operation.Effect;
import io.slipway.clients.faults.Operation.Needs;
import java.time.Duration;

/** What a client may see of an operation while something is wrong with a server. */
record Expectation(Operation operation, Dependency server, Fault fault) {
  private static final int UNAVAILABLE = 503;
  private static final int FULL = 507;

  /** Fails when the client saw anything else. */
  void require(Outcome outcome) {
    String what = operation + ", " + server.name() + " " + fault + ": " + outcome;
    assertThat(isMet(outcome)).as(what).isTrue();
    assertThat(outcome.took()).as(what).isLessThan(patience());
    assertThat(outcome.retryAfter()).as(what).isEqualTo(outcome.status() == UNAVAILABLE);
  }

  private Duration patience() {
    return isUnderWay() ? server.patience().plus(UnderWayTrial.PULL) : server.patience();
  }

  private boolean isMet(Outcome outcome) {
    if (!operation.needs().needs(server.name())) {
      return outcome.isSuccess();
    }
    return switch (fault.kind()) {
      case SLOW -> outcome.isSuccess();
      case CUT, HALF_OPEN -> isRefusal(outcome) || (isUnderWay() && outcome.isSuccess());
      case RESET -> isRefusal(outcome) || outcome.isSuccess();
      case WRONG -> false;
      case FULL ->
          outcome.isSuccess() || (operation.effect() == Effect.WRITES && outcome.status() == FULL);
    };
  }

  /** What has begun cannot be refused any more: it breaks off, and its client can tell. */
  private boolean isRefusal(Outcome outcome) {
    return isUnderWay()
        ? outcome.status() == Outcome.BROKEN
        : outcome.status() == UNAVAILABLE
            || (outcome.status() == Outcome.BROKEN
                && operation.effect() == Effect.STREAMS
                && fault.kind() == Fault.Kind.RESET);
  }

  private boolean isUnderWay() {
    return operation.needs() == Needs.OBJECTS;
  }
}
