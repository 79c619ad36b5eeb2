package io.slipway.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.StoredData;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the database may hold when nothing goes on and all garbage has been collected. */
final class Remains {
  private final StoredData stored;

  Remains(StoredData stored) {
    this.stored = stored;
  }

  /** Fails unless rows and bytes are exactly what tags hold. */
  void require(List<Roots> all) {
    Set<String> tags = new TreeSet<>();
    for (Roots roots : all) {
      roots
          .all()
          .forEach(
              root -> tags.add(roots.repository() + "|" + root.tag() + "|" + root.tree().digest()));
    }
    assertThat(rows("SELECT repo, name, digest FROM tag WHERE digest IS NOT NULL"))
        .as("tags")
        .isEqualTo(tags);
    assertThat(rows("SELECT repo, digest FROM manifest")).as("manifests").isEqualTo(held());
    assertThat(rows("SELECT repo, digest FROM link"))
        .as("links")
        .isEqualTo(rows("SELECT repo, digest FROM reference WHERE kind = 'blob'"));
    assertThat(rows("SELECT digest FROM blob"))
        .as("blobs")
        .isEqualTo(rows("SELECT digest FROM link"));
    assertThat(rows("SELECT digest FROM blob WHERE damaged")).as("damaged blobs").isEmpty();
    assertThat(rows("SELECT location FROM trash")).as("trash").isEmpty();
    assertThat(rows("SELECT id FROM upload WHERE state <> 'finished'")).as("uploads").isEmpty();
    assertThat(stored.staged()).as("staged bytes").isEmpty();
    stored.requireAgreement();
  }

  /** Tells whether there are only manifests that tags hold. */
  boolean areHeld() {
    return rows("SELECT repo, digest FROM manifest").equals(held());
  }

  private Set<String> rows(String sql) {
    return new TreeSet<>(stored.query(sql));
  }

  /** Returns the manifests that tags hold, or those that they hold, or subjects that are held. */
  private Set<String> held() {
    Set<String> held = rows("SELECT repo, digest FROM tag WHERE digest IS NOT NULL");
    List<String> holds =
        stored.query(
            "SELECT repo, manifest, digest FROM reference WHERE kind = 'manifest'"
                + " UNION ALL SELECT m.repo, m.subject, m.digest FROM manifest m"
                + " WHERE m.subject IS NOT NULL");
    for (int before = -1; before < held.size(); ) {
      before = held.size();
      Set<String> more = new HashSet<>();
      for (String hold : holds) {
        String[] columns = hold.split("\\|", -1);
        if (held.contains(columns[0] + "|" + columns[1])) {
          more.add(columns[0] + "|" + columns[2]);
        }
      }
      held.addAll(more);
    }
    return held;
  }
}
