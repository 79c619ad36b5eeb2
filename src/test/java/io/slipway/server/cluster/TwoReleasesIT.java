package io.slipway.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node that speaks the next version of each message, beside one that does not. {@link
 * OneReleaseIT} does the same with two that speak the same version.
 */
@OneProfile("its nodes are on a PostgreSQL and a bucket of its own")
class TwoReleasesIT {
  private static final int OLD = 0;
  private static final int NEW = 1;

  @TempDir private static Path folder;
  private static ClusterNodes cluster;
  private static TwoNodes nodes;

  @BeforeAll
  static void start() throws IOException {
    String newer = NewerRelease.classPath(folder.resolve("newer"));
    cluster = ClusterNodes.start(folder, List.of(System.getProperty("java.class.path"), newer));
    nodes = new TwoNodes(cluster);
    nodes.awaitEachOther();
  }

  @AfterAll
  static void end() {
    cluster.close();
  }

  /** Says so once for each kind, and never as if something were wrong. */
  private static void requirePolite(int node, String address) {
    String output = cluster.node(node).output();
    assertThat(output.lines().filter(line -> line.contains("refused a message on " + address)))
        .hasSize(1)
        .allMatch(line -> line.contains("INFO"));
    assertThat(output.lines().filter(line -> line.contains(" ERROR "))).isEmpty();
  }

  @Test
  void tellEachOtherOfEventsInVainAndMissNone() {
    for (int node : List.of(OLD, NEW)) {
      double before = nodes.refused(1 - node);
      nodes.pushTo(node);
      Eventually.happens("the other one refused", () -> nodes.refused(1 - node) > before);
      requirePolite(1 - node, "event.look");
      nodes.requirePulledFromOther(node);
    }
    nodes.awaitEvents();
  }

  @Test
  void goOnWithEachOthersUploads() {
    for (int node : List.of(OLD, NEW)) {
      nodes.goOnElsewhere(node);
      assertThat(nodes.yields(1 - node, "refused")).isPositive();
      requirePolite(node, "upload.yield");
    }
  }

  @Test
  void endEachOthersCollections() {
    try {
      for (int node : List.of(OLD, NEW)) {
        nodes.holdCollections();
        nodes.endCollectionFromOther(node);
        requirePolite(node, "gc.cancel");
      }
    } finally {
      nodes.freeCollections();
    }
  }
}
