package io.slipway.benchmarks;

import static io.gatling.javaapi.core.CoreDsl.constantConcurrentUsers;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.exitBlockOnFail;
import static io.gatling.javaapi.core.CoreDsl.repeat;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.ActionBuilder;
import io.gatling.javaapi.core.ChainBuilder;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Asks for tags and manifests and for nothing else, as many nodes do that look whether something is
 * new. A client that has a name and a password gets a token first.
 */
public final class ManifestStorm extends RegistrySimulation {
  private static final int IMAGES = 20;
  private static final int LOOKS = 20;
  private static final String REPOSITORY = "benchmark/storm";

  /** Is what Gatling calls. */
  public ManifestStorm() {
    List<Image> images = Stream.generate(() -> source.image(REPOSITORY)).limit(IMAGES).toList();
    ChainBuilder look =
        exec(session ->
                session.set(Pulls.IMAGE, images.get(ThreadLocalRandom.current().nextInt(IMAGES))))
            .exec(pulls.tag(), pulls.manifest());
    ChainBuilder looks = exitBlockOnFail().on(repeat(LOOKS).on(look));
    load(
        List.of(REPOSITORY),
        images,
        scenario("look at tags")
            .doIf(session -> access.tokens() != null)
            .then(exec(token()))
            .exec(looks)
            .injectClosed(constantConcurrentUsers(settings.users()).during(settings.length())));
  }

  /** Returns the request for a token, which is let in by name and password. */
  private ActionBuilder token() {
    return http("GET token")
        .get(session -> String.valueOf(access.tokens()))
        .header("Authorization", session -> String.valueOf(access.basic()))
        .check(status().is(200));
  }
}
