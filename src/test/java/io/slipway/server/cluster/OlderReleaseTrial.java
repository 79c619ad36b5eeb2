package io.slipway.server.cluster;

import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node of an older release, whose {@code registry.jar} the property {@code slipway.older} names,
 * has made the database and goes on beside a new one, which brings the schema to its own. Run by
 * its name alone, for that jar is of another commit.
 */
@OneProfile("its nodes are on a PostgreSQL and a bucket of its own")
@Timeout(600)
class OlderReleaseTrial {
  private static final int OLD = 0;
  private static final int NEW = 1;
  private static final List<Integer> BOTH = List.of(OLD, NEW);
  private static final String SCHEMA = "SELECT max(version) FROM schema_version";
  private static final String OLDER =
      Objects.requireNonNull(System.getProperty("slipway.older"), "no property slipway.older");

  @TempDir private Path folder;

  private ClusterNodes start() {
    return ClusterNodes.start(folder, List.of(OLDER, System.getProperty("java.class.path")));
  }

  @Test
  void worksBesideANewOne() {
    try (ClusterNodes cluster = start()) {
      TwoNodes nodes = new TwoNodes(cluster);
      nodes.awaitEachOther();
      for (int node : BOTH) {
        nodes.pushTo(node);
        nodes.requirePulledFromOther(node);
        byte[] blob = PushClient.bytes(60 + node, 200_000);
        assertThat(cluster.client(node).pushBlob("app", blob).statusCode()).isEqualTo(201);
        cluster.client(1 - node).requirePulled("app", blob);
        nodes.goOnElsewhere(node);
      }
      nodes.awaitEvents();
      endCollections(nodes);
      for (int node : BOTH) {
        // For whoever runs it to judge: messages may have another version.
        System.out.println(
            "node "
                + node
                + " refused "
                + nodes.refused(node)
                + " messages; was let in at once "
                + nodes.yields(node, "done")
                + " times");
        assertThat(cluster.node(node).output()).doesNotContain(" ERROR ");
      }
    }
  }

  private static void endCollections(TwoNodes nodes) {
    try {
      for (int node : BOTH) {
        nodes.holdCollections();
        nodes.endCollectionFromOther(node);
      }
    } finally {
      nodes.freeCollections();
    }
  }

  /** In chunks to the one, which dies; the other one has all that was acknowledged. */
  @Test
  void isFollowedByTheOtherOneWhenOneDies() {
    for (int dies : BOTH) {
      try (ClusterNodes cluster =
          ClusterNodes.start(
              folder.resolve("dies" + dies),
              List.of(OLDER, System.getProperty("java.class.path")))) {
        new TwoNodes(cluster).awaitEachOther();
        byte[] blob = PushClient.bytes(70 + dies, 7_000_000);
        int acknowledged = 6_000_000;
        PushClient first = cluster.client(dies);
        String session = first.start("app");
        assertThat(first.patch(session, 0, Arrays.copyOf(blob, acknowledged)).statusCode())
            .isEqualTo(202);
        cluster.node(dies).kill();
        PushClient other = cluster.client(1 - dies);
        assertThat(other.received(session)).isEqualTo(acknowledged);
        byte[] rest = Arrays.copyOfRange(blob, acknowledged, blob.length);
        assertThat(other.patch(session, acknowledged, rest).statusCode()).isEqualTo(202);
        assertThat(other.finish(session, digest(blob), new byte[0]).statusCode()).isEqualTo(201);
        other.requirePulled("app", blob);
      }
    }
  }

  /** Where the new one has changed the schema an older one does not start any more. */
  @Test
  void doesNotStartOnANewerSchema() {
    try (ClusterNodes cluster = ClusterNodes.start(folder, List.of(OLDER))) {
      List<String> before = cluster.rows(SCHEMA);
      cluster.add();
      cluster.node(NEW).port();
      new TwoNodes(cluster).awaitEachOther();
      boolean same = cluster.rows(SCHEMA).equals(before);
      System.out.println("schema " + before + ", then " + cluster.rows(SCHEMA));
      assertThat(cluster.node(OLD).stop()).isZero();
      cluster.startAgain(OLD, OLDER);
      if (same) {
        cluster.node(OLD).port();
      } else {
        assertThatThrownBy(() -> cluster.node(OLD).port()).isInstanceOf(RuntimeException.class);
        assertThat(cluster.node(OLD).output()).contains("start a newer program");
      }
      new TwoNodes(cluster).pushTo(NEW);
    }
  }
}
