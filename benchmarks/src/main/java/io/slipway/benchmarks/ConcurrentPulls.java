package io.slipway.benchmarks;

import static io.gatling.javaapi.core.CoreDsl.constantConcurrentUsers;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** Pulls images of five layers, so many at once as there are users. */
public final class ConcurrentPulls extends RegistrySimulation {
  private static final int IMAGES = 10;
  private static final String REPOSITORY = "benchmark/pulls";

  /** Is what Gatling calls. */
  public ConcurrentPulls() {
    List<Image> images = Stream.generate(() -> source.image(REPOSITORY)).limit(IMAGES).toList();
    load(
        List.of(REPOSITORY),
        images,
        scenario("pull")
            .exec(
                exec(session ->
                        session.set(
                            Pulls.IMAGE, images.get(ThreadLocalRandom.current().nextInt(IMAGES))))
                    .exec(pulls.pull()))
            .injectClosed(constantConcurrentUsers(settings.users()).during(settings.length())));
  }
}
