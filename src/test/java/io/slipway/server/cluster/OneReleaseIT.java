package io.slipway.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes that speak the same version of each message: they understand each other wherever {@link
 * TwoReleasesIT} finds a refusal, which is therefore due to the version.
 */
@OneProfile("its nodes are on a PostgreSQL and a bucket of its own")
class OneReleaseIT {
  private static final List<Integer> BOTH = List.of(0, 1);

  @TempDir private static Path folder;
  private static ClusterNodes cluster;
  private static TwoNodes nodes;

  @BeforeAll
  static void start() {
    cluster = ClusterNodes.start(folder, 2);
    nodes = new TwoNodes(cluster);
    nodes.awaitEachOther();
  }

  @AfterAll
  static void end() {
    cluster.close();
  }

  @AfterEach
  void refuseNothing() {
    for (int node : BOTH) {
      assertThat(nodes.refused(node)).isZero();
      assertThat(cluster.node(node).output()).doesNotContain("refused a message");
    }
  }

  private static double received(int node) {
    return cluster.metric(node, "slipway_cluster_messages_total{direction=\"received\"}");
  }

  @Test
  void tellEachOtherOfEvents() {
    for (int node : BOTH) {
      double before = received(1 - node);
      nodes.pushTo(node);
      Eventually.happens("the other one heard of it", () -> received(1 - node) > before);
      nodes.requirePulledFromOther(node);
    }
    nodes.awaitEvents();
  }

  @Test
  void letEachOtherGoOnWithUploads() {
    for (int node : BOTH) {
      nodes.goOnElsewhere(node);
      assertThat(nodes.yields(1 - node, "done")).isPositive();
      assertThat(nodes.yields(1 - node, "refused")).isZero();
    }
  }

  @Test
  void endEachOthersCollections() {
    try {
      for (int node : BOTH) {
        nodes.holdCollections();
        nodes.endCollectionFromOther(node);
      }
    } finally {
      nodes.freeCollections();
    }
  }
}
