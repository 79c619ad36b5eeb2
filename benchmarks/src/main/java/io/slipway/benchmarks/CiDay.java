package io.slipway.benchmarks;

import static io.gatling.javaapi.core.CoreDsl.constantConcurrentUsers;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.exitBlockOnFail;
import static io.gatling.javaapi.core.CoreDsl.rampConcurrentUsers;
import static io.gatling.javaapi.core.CoreDsl.repeat;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Session;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Is a day of builds in short: few in the morning, most at noon, few at night. A build pulls a
 * base, pushes a small image on it, and some machines pull that.
 */
public final class CiDay extends RegistrySimulation {
  private static final int PROJECTS = 8;
  private static final int MACHINES = 3;
  private static final int NIGHT = 1;
  private static final String BASES = "benchmark/bases";

  /** Is what Gatling calls. */
  public CiDay() {
    List<Image> bases = Stream.generate(() -> source.image(BASES)).limit(PROJECTS / 2).toList();
    List<String> projects =
        IntStream.range(0, PROJECTS).mapToObj(number -> "benchmark/project-" + number).toList();
    ChainBuilder build =
        exitBlockOnFail()
            .on(
                exec(session -> session.set(Pulls.IMAGE, any(bases)))
                    .exec(pulls.pull())
                    .exec(session -> built(session, any(projects)))
                    .exec(uploads.pushOn(BASES))
                    .exec(repeat(MACHINES).on(pulls.pull())));
    Duration part = settings.length().dividedBy(3);
    int noon = Math.max(settings.users(), NIGHT);
    load(
        Stream.concat(Stream.of(BASES), projects.stream()).toList(),
        bases,
        scenario("build")
            .exec(build)
            .injectClosed(
                rampConcurrentUsers(NIGHT).to(noon).during(part),
                constantConcurrentUsers(noon).during(part),
                rampConcurrentUsers(noon).to(NIGHT).during(part)));
  }

  private Session built(Session session, String project) {
    return session.set(Pulls.IMAGE, source.imageOn(Pulls.image(session), project));
  }

  private static <T> T any(List<T> all) {
    return all.get(ThreadLocalRandom.current().nextInt(all.size()));
  }
}
