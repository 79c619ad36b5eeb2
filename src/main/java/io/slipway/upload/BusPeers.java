package io.slipway.upload;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Asks other nodes over the event bus; thread-safe. */
public final class BusPeers implements UploadPeers {
  /** How long a request waits for another node; then the rules of the row hold. */
  private static final Duration PATIENCE = Duration.ofMillis(250);

  /** How it ended that a node was asked. */
  private enum Outcome {
    /** It wrote down how far it is, and let go if it should. */
    DONE,
    /** It does not know the upload. */
    UNKNOWN,
    /** It did not answer in time. */
    LATE,
    /** It is not there. */
    GONE,
    /** It is of another release, which does not understand, or it failed. */
    REFUSED
  }

  private final Vertx vertx;
  private final Map<Outcome, Counter> counters;

  public BusPeers(Vertx vertx, MeterRegistry meters) {
    this.vertx = vertx;
    this.counters =
        Stream.of(Outcome.values())
            .collect(
                Collectors.toMap(
                    Function.identity(),
                    outcome ->
                        Counter.builder("slipway.upload.yields")
                            .description("Times this node asked another one for an upload")
                            .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                            .register(meters)));
  }

  @Override
  public Future<Boolean> ask(String node, String id, boolean stop) {
    return UploadYield.address(node)
        .ask(vertx, new UploadYield(id, stop), PATIENCE)
        .map(UploadYield::isDone)
        .onComplete(done -> count(outcome(done)))
        .otherwise(false);
  }

  private void count(Outcome outcome) {
    Counter counter = counters.get(outcome);
    if (counter != null) {
      counter.increment();
    }
  }

  private static Outcome outcome(AsyncResult<Boolean> done) {
    if (done.succeeded()) {
      return done.result() ? Outcome.DONE : Outcome.UNKNOWN;
    }
    if (!(done.cause() instanceof ReplyException failure)) {
      return Outcome.REFUSED;
    }
    return switch (failure.failureType()) {
      case TIMEOUT -> Outcome.LATE;
      case NO_HANDLERS -> Outcome.GONE;
      case RECIPIENT_FAILURE, ERROR -> Outcome.REFUSED;
    };
  }
}
