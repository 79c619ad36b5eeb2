package io.slipway.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How long it takes a node to join others, by its own clock: the start of a JVM is not counted. */
@OneProfile("its nodes are on a PostgreSQL and a bucket of its own")
@Timeout(600)
class JoiningNodeIT {
  private static final Duration JOIN = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Pattern JOINED =
      Pattern.compile("joined the cluster \\S+ in (\\d+) ms; it has (\\d) nodes now");

  @TempDir private Path folder;

  @Test
  void joinsWithinFiveSeconds() {
    try (ClusterNodes cluster = ClusterNodes.start(folder, 2)) {
      cluster.awaitAll(PATIENCE);
      long begun = System.nanoTime();
      cluster.add();
      requireJoined(cluster, "a new node", begun);
      cluster.node(2).kill();
      begun = System.nanoTime();
      // On the address of one that the others may still hold for alive.
      cluster.startAgain(2);
      requireJoined(cluster, "a node that was killed", begun);
      assertThat(cluster.node(2).stop()).isZero();
      begun = System.nanoTime();
      cluster.startAgain(2);
      requireJoined(cluster, "a node that left", begun);
    }
  }

  private static void requireJoined(ClusterNodes cluster, String what, long begun) {
    Eventually.happens(what + " is ready", PATIENCE, () -> cluster.isReady(2));
    Duration ready = Duration.ofNanos(System.nanoTime() - begun);
    assertThat(cluster.members(2)).as("nodes that it knows when it is ready").isEqualTo(3);
    cluster.awaitAll(PATIENCE);
    Matcher joined = JOINED.matcher(cluster.node(2).output());
    assertThat(joined.find()).isTrue();
    Duration join = Duration.ofMillis(Long.parseLong(joined.group(1)));
    System.out.println(
        what
            + " joined in "
            + join.toMillis()
            + " ms, and was ready "
            + ready.toMillis()
            + " ms after its process began");
    assertThat(joined.group(2)).as("nodes when it had joined").isEqualTo("3");
    // On a machine that has so much to do, all that a start does takes long.
    Duration rest = ready.minus(join);
    assertThat(join).isLessThan(rest.compareTo(JOIN) > 0 ? rest : JOIN);
  }
}
