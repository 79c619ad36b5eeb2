package io.slipway.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that died was at the delivery of an event. */
@OneProfile("its nodes are on a PostgreSQL and a bucket of its own")
class DeadNodeIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String MANY = "9000000000000";

  @TempDir private Path folder;

  @Test
  void takesOverDeliveriesOfTheDead() {
    try (ClusterNodes cluster = ClusterNodes.start(folder, 2)) {
      cluster.awaitMembers(1, 2, PATIENCE);
      takeOver(cluster);
    }
  }

  private static void takeOver(ClusterNodes cluster) {
    for (int node = 0; node < 2; node++) {
      cluster.execute(
          "INSERT INTO delivery (subscriber, event_id, type, payload, created_at, next_at,"
              + " taken_by) VALUES ('copies', 'e"
              + node
              + "', 'blob.deleted', '{}', 0, "
              + MANY
              + ", '"
              + cluster.name(node)
              + "')");
    }
    assertThat(cluster.rows("SELECT id FROM node")).hasSize(2);
    cluster.node(0).kill();
    Eventually.happens(
        "it was delivered by the other one",
        PATIENCE,
        () -> cluster.rows("SELECT event_id FROM delivery").equals(List.of("e1")));
    assertThat(cluster.rows("SELECT id FROM node")).as("who may live is not forgotten").hasSize(2);
    cluster.node(1).stop();
    assertThat(cluster.rows("SELECT id FROM node")).containsExactly(cluster.name(0));
  }
}
