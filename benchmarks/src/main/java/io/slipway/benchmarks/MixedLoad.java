package io.slipway.benchmarks;

import static io.gatling.javaapi.core.CoreDsl.constantConcurrentUsers;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.exitBlockOnFail;
import static io.gatling.javaapi.core.CoreDsl.percent;
import static io.gatling.javaapi.core.CoreDsl.randomSwitch;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.ChainBuilder;
import java.util.List;
import java.util.stream.IntStream;

/** Pushes a new image one time in four, and pulls one that is there otherwise. */
public final class MixedLoad extends RegistrySimulation {
  private static final double PUSHES = 25;
  private static final int IMAGES = 20;
  private static final int REPOSITORIES = 4;

  /** Is what Gatling calls. */
  public MixedLoad() {
    List<String> repositories =
        IntStream.range(0, REPOSITORIES).mapToObj(number -> "benchmark/mixed-" + number).toList();
    List<Image> images =
        IntStream.range(0, IMAGES)
            .mapToObj(number -> source.image(repositories.get(number % REPOSITORIES)))
            .toList();
    Shelf shelf = new Shelf(images);
    ChainBuilder push =
        exitBlockOnFail()
            .on(
                exec(session -> session.set(Pulls.IMAGE, source.image(shelf.any().repository())))
                    .exec(uploads.push())
                    .exec(
                        session -> {
                          shelf.put(Pulls.image(session));
                          return session;
                        }));
    ChainBuilder pull = exec(session -> session.set(Pulls.IMAGE, shelf.any())).exec(pulls.pull());
    load(
        repositories,
        images,
        scenario("push or pull")
            .exec(randomSwitch().on(percent(PUSHES).then(push), percent(100 - PUSHES).then(pull)))
            .injectClosed(constantConcurrentUsers(settings.users()).during(settings.length())));
  }
}
