package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.digest;
import static io.slipway.metadata.sql.MetadataContract.get;
import static io.slipway.metadata.sql.PushBuilder.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryFilter;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every database lists, in the order of bytes whatever its language. */
public interface ListingsContract extends MetadataContract {

  @Test
  default void listsRepositoriesInTheOrderOfBytes() {
    List<String> sorted = List.of("a", "a--b", "a.b", "a/b", "a0", "a_b", "ab", "b");
    for (String name : List.of("ab", "a_b", "b", "a/b", "a0", "a.b", "a", "a--b")) {
      get(manifests().put(manifest("image").in(new RepositoryName(name)).build()));
    }
    assertThat(get(listings().repositories(RepositoryFilter.ALL, "", 100))).isEqualTo(sorted);
    for (int i = 0; i < sorted.size(); i++) {
      assertThat(get(listings().repositories(RepositoryFilter.ALL, sorted.get(i), 3)))
          .isEqualTo(sorted.subList(i + 1, Math.min(i + 4, sorted.size())));
    }
    assertThat(get(listings().repositories(RepositoryFilter.ALL, "a/", 1)))
        .as("no name of its own")
        .contains("a/b");
    assertThat(get(listings().repositories(RepositoryFilter.ALL, "zzz", 10))).isEmpty();
    assertThat(get(listings().repositories(RepositoryFilter.ALL, "~'; DROP TABLE tag", 10)))
        .isEmpty();
  }

  @Test
  default void listsRepositoriesThatHaveAManifest() {
    commit(OTHER, "a");
    assertThat(get(listings().repositories(RepositoryFilter.ALL, "", 10))).isEmpty();
    get(manifests().put(manifest("image").build()));
    assertThat(get(listings().repositories(RepositoryFilter.ALL, "", 10)))
        .containsExactly(APP.text());
    get(manifests().delete(APP, digest("image"), ACTOR));
    assertThat(get(listings().repositories(RepositoryFilter.ALL, "", 10))).isEmpty();
  }

  @Test
  default void knowsARepositoryFromItsFirstPushOn() {
    assertThat(get(listings().exists(APP))).isFalse();
    get(uploads().open("id", APP, DigestAlgorithm.SHA256, ACTOR, MANY));
    assertThat(get(listings().exists(APP))).isFalse();
    commit(APP, "a");
    assertThat(get(listings().exists(APP))).isTrue();
    assertThat(get(listings().exists(OTHER))).isFalse();
    assertThat(get(listings().exists(new RepositoryName("team")))).isFalse();
    get(manifests().put(manifest("image").in(OTHER).build()));
    get(manifests().delete(OTHER, digest("image"), ACTOR));
    assertThat(get(listings().exists(OTHER))).isTrue();
  }

  @Test
  default void listsTagsInTheOrderOfBytes() {
    List<String> sorted = List.of("1.0", "1.0-a", "10", "9", "A", "Z", "_", "a", "latest", "z");
    get(
        manifests()
            .put(
                manifest("image")
                    .tags("z", "latest", "a", "_", "Z", "A", "9", "10", "1.0-a", "1.0")
                    .build()));
    get(manifests().put(manifest("image").in(OTHER).tags("other").build()));
    assertThat(get(listings().tags(APP, "", 100))).isEqualTo(sorted);
    for (int i = 0; i < sorted.size(); i++) {
      assertThat(get(listings().tags(APP, sorted.get(i), 3)))
          .isEqualTo(sorted.subList(i + 1, Math.min(i + 4, sorted.size())));
    }
    assertThat(get(listings().tags(APP, "b", 1))).containsExactly("latest");
    assertThat(get(listings().tags(APP, "zz", 10))).isEmpty();
    assertThat(get(listings().tags(new RepositoryName("none"), "", 10))).isEmpty();
  }

  @Test
  default void leavesOutDeletedTags() {
    get(manifests().put(manifest("one").tags("a", "b").build()));
    get(manifests().put(manifest("two").tags("c").build()));
    get(manifests().deleteTag(APP, new Tag("a"), ACTOR));
    get(manifests().delete(APP, digest("two"), ACTOR));
    assertThat(get(listings().tags(APP, "", 10))).containsExactly("b");
    get(manifests().put(manifest("two").tags("a").build()));
    assertThat(get(listings().tags(APP, "", 10))).containsExactly("a", "b");
  }
}
