package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.blob;
import static io.slipway.metadata.sql.MetadataContract.digest;
import static io.slipway.metadata.sql.MetadataContract.get;
import static io.slipway.metadata.sql.MetadataContract.refusal;
import static io.slipway.metadata.sql.PushBuilder.manifest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.database.Database;
import io.slipway.metadata.ManifestBytes;
import io.slipway.metadata.Manifests;
import io.slipway.metadata.StoredBlob;
import io.slipway.metadata.StoredManifest;
import io.slipway.metadata.cache.CachedManifests;
import io.slipway.metadata.cache.SharedManifests;
import io.slipway.oci.Digest;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.MediaTypes;
import io.slipway.oci.RegistryException;
import io.slipway.oci.Tag;
import io.slipway.testing.WatchedDatabase;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** What every database does with manifests that are pushed and pulled. */
public interface ManifestPushContract extends MetadataContract {
  String REFERENCES = "SELECT kind || ' ' || digest AS value FROM reference ORDER BY kind, digest";

  @Test
  default void findsAManifestByDigestAndByEveryTag() {
    PushBuilder image = manifest("image").tags("1", "latest");
    get(manifests().put(image.build()));
    StoredManifest expected =
        new StoredManifest(image.digest(), MediaTypes.OCI_MANIFEST, Buffer.buffer("image"));
    assertThat(get(manifests().find(APP, image.digest()))).contains(expected);
    assertThat(get(manifests().find(APP, new Tag("1")))).contains(expected);
    assertThat(get(manifests().find(APP, new Tag("latest")))).contains(expected);
    assertThat(expected.contentLength()).isEqualTo("5");
    assertThat(expected.entityTag()).isEqualTo('"' + image.digest().text() + '"');
    assertThat(get(manifests().find(APP, new Tag("2")))).isEmpty();
    assertThat(get(manifests().find(APP, digest("x")))).isEmpty();
    assertThat(get(manifests().find(OTHER, new Tag("latest")))).isEmpty();
    assertThat(get(manifests().find(OTHER, image.digest()))).isEmpty();
  }

  @Test
  default void tellsOfAPushInItsTransaction() {
    PushBuilder image = manifest("image").subject(digest("subject")).tags("a", "b");
    get(manifests().put(image.build()));
    assertThat(events()).containsExactly("tag.moved", "tag.moved", "manifest.pushed");
    assertThat(lastEvent().getString("digest")).isEqualTo(image.digest().text());
    assertThat(lastEvent().getString("media_type")).isEqualTo(MediaTypes.OCI_MANIFEST);
    assertThat(lastEvent().getString("subject")).isEqualTo(digest("subject").text());
    assertThat(lastEvent().getLong("size")).isEqualTo(5);
    assertThat(lastEvent().getString("actor")).isEqualTo(ACTOR.name());
    assertThat(copies()).containsExactly("manifest " + image.digest(), "tag a", "tag b");
  }

  @Test
  default void takesTheSameManifestAgain() {
    get(manifests().put(manifest("image").tags("a").build()));
    age("manifest");
    forgetChanges();
    PushBuilder again = manifest("image").mediaType(MediaTypes.DOCKER_MANIFEST);
    get(manifests().put(again.build()));
    assertThat(count("manifest")).isEqualTo(1);
    assertThat(touched("manifest")).containsExactly(again.digest().text());
    assertThat(get(manifests().find(APP, new Tag("a"))).map(StoredManifest::mediaType))
        .contains(MediaTypes.DOCKER_MANIFEST);
    assertThat(events()).containsExactly("manifest.pushed");
    assertThat(copies()).containsExactly("manifest " + again.digest());
  }

  @Test
  default void namesEveryBlobOnce() {
    StoredBlob config = commit(APP, "config");
    StoredBlob layer = commit(APP, "layer");
    get(manifests().put(manifest("image").blobs(config, layer, layer, config).build()));
    assertThat(rows(REFERENCES))
        .containsExactlyInAnyOrder("blob " + config.digest(), "blob " + layer.digest());
  }

  @Test
  default void refusesAManifestWhoseBlobsAreMissing() {
    RegistryException refusal =
        refusal(
            ErrorCode.MANIFEST_BLOB_UNKNOWN,
            manifests().put(manifest("image").blobs(blob("a"), blob("b")).tags("t").build()));
    assertThat(refusal.getMessage())
        .contains(digest("image").text())
        .contains(APP.text())
        .contains(digest("a").text(), digest("b").text());
    assertThat(refusal.detail())
        .containsEntry("missing", List.of(digest("a").text(), digest("b").text()));
    assertNothingWritten();
  }

  @Test
  default void namesOnlyWhatIsMissing() {
    StoredBlob there = commit(APP, "there");
    commit(OTHER, "elsewhere");
    forgetChanges();
    RegistryException refusal =
        refusal(
            ErrorCode.MANIFEST_BLOB_UNKNOWN,
            manifests().put(manifest("image").blobs(there, blob("elsewhere")).build()));
    assertThat(refusal.detail()).containsEntry("missing", List.of(digest("elsewhere").text()));
    assertThat(events()).isEmpty();
    assertThat(copies()).isEmpty();
    assertThat(count("manifest")).isZero();
  }

  @Test
  default void namesTenOfManyMissingBlobsInItsSentence() {
    StoredBlob[] many =
        IntStream.range(0, 30).mapToObj(i -> blob("b" + i)).toArray(StoredBlob[]::new);
    RegistryException refusal =
        refusal(
            ErrorCode.MANIFEST_BLOB_UNKNOWN,
            manifests().put(manifest("image").blobs(many).build()));
    String own = digest("image").hex();
    assertThat(refusal.getMessage())
        .matches("[^:]*sha256:" + own + "[^:]*(: sha256:[0-9a-f]{64}(, sha256:[0-9a-f]{64}){9})");
    assertThat(refusal.detail().get("missing"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .hasSize(30);
  }

  @Test
  default void lacksWhatMayLiveElsewhere() {
    get(manifests().put(manifest("image").external(blob("foreign")).build()));
    assertThat(rows(REFERENCES)).containsExactly("blob " + digest("foreign"));
  }

  @Test
  default void lacksAnythingWhereReferencesNeedNotBeThere() {
    PushBuilder index = manifest("index").blobs(blob("a")).children(digest("b")).sparse();
    get(manifests().put(index.build()));
    assertThat(rows(REFERENCES)).containsExactly("blob " + digest("a"), "manifest " + digest("b"));
    // What comes later is held from then on: names go by digest.
    StoredBlob late = commit(APP, "a");
    refusal(ErrorCode.DELETE_REFUSED, links().unlink(APP, late.digest(), ACTOR));
  }

  @Test
  default void refusesAnIndexWhoseChildrenAreMissing() {
    get(manifests().put(manifest("child").build()));
    get(manifests().put(manifest("elsewhere").in(OTHER).build()));
    commit(APP, "a blob");
    forgetChanges();
    for (String missing : List.of("nowhere", "elsewhere", "a blob")) {
      RegistryException refusal =
          refusal(
              ErrorCode.MANIFEST_BLOB_UNKNOWN,
              manifests()
                  .put(manifest("index").children(digest("child"), digest(missing)).build()));
      assertThat(refusal.getMessage()).contains("the manifests it names");
      assertThat(refusal.detail()).containsEntry("missing", List.of(digest(missing).text()));
    }
    assertThat(events()).isEmpty();
    get(manifests().put(manifest("index").children(digest("child")).build()));
    assertThat(rows(REFERENCES)).containsExactly("manifest " + digest("child"));
  }

  @Test
  default void writesReferencesAgainThatACollectorTook() {
    StoredBlob layer = commit(APP, "layer");
    PushBuilder image = manifest("image").blobs(layer);
    get(manifests().put(image.build()));
    get(database().update("DELETE FROM manifest"));
    assertThat(count("reference")).as("go with their manifest").isZero();
    get(manifests().put(image.build()));
    assertThat(rows(REFERENCES)).containsExactly("blob " + layer.digest());
    get(database().update("DELETE FROM reference"));
    get(manifests().put(image.build()));
    assertThat(rows(REFERENCES)).containsExactly("blob " + layer.digest());
  }

  @Test
  default void touchesTheSubjectOfAReferrer() {
    get(manifests().put(manifest("image").build()));
    get(manifests().put(manifest("image").in(OTHER).build()));
    age("manifest");
    get(manifests().put(manifest("signature").subject(digest("image")).build()));
    assertThat(touched("manifest"))
        .containsExactlyInAnyOrder(digest("image").text(), digest("signature").text());
    // It may come before its subject.
    get(manifests().put(manifest("early").subject(digest("not there")).build()));
  }

  @Test
  default void storesTenThousandReferencesAtOnce() {
    Digest[] many =
        IntStream.range(0, 10_000).mapToObj(i -> digest("m" + i)).toArray(Digest[]::new);
    get(manifests().put(manifest("index").children(many).sparse().build()));
    assertThat(count("reference")).isEqualTo(10_000);
  }

  /** Whether its bytes are right any more is only found out by a scrub, which may be later. */
  @Test
  default void replacesBytesThatAreWrongAndNotMarked() {
    get(manifests().put(manifest("image").build()));
    get(database().update("UPDATE manifest SET content = $1", (Object) "wrong".getBytes(UTF_8)));
    get(manifests().put(manifest("image").build()));
    List<byte[]> content =
        get(database().query("SELECT content FROM manifest", row -> row.bytes("content")));
    assertThat(new String(content.getFirst(), UTF_8)).isEqualTo("image");
  }

  /** Else "absent" would be kept of a manifest that is right. */
  @Test
  default void failsWhenWrongBytesAreReplacedWhileTheyAreHashed() {
    get(manifests().put(manifest("image").tags("latest").build()));
    String set = "UPDATE manifest SET content = $1";
    get(database().update(set, (Object) "wrong".getBytes(UTF_8)));
    Database healed =
        new WatchedDatabase(
            database(), () -> database().update(set, (Object) "image".getBytes(UTF_8)));
    CachedManifests own = new CachedManifests(new SqlManifests(healed), 1 << 20);
    Tag latest = new Tag("latest");
    refusal(ErrorCode.UNAVAILABLE, own.find(APP, latest));
    assertThat(get(own.find(APP, latest)).orElseThrow().content().toString()).isEqualTo("image");
  }

  /** Memory keeps bytes under their digest, longer than the row keeps what is wrong. */
  @Test
  default void servesNoWrongBytesAndTheRightOnesAgainToWhoeverMetTheWrongOnes() {
    get(manifests().put(manifest("image").tags("latest", "v1").build()));
    get(database().update("UPDATE manifest SET content = $1", (Object) "wrong".getBytes(UTF_8)));
    Tag latest = new Tag("latest");
    CachedManifests own = new CachedManifests(manifests(), 1 << 20);
    List<Manifests> nodes =
        List.of(own, new SharedManifests(manifests(), ManifestBytes.NONE, 1 << 20), manifests());
    for (Manifests node : nodes) {
      assertThat(get(node.find(APP, latest))).isEmpty();
      assertThat(get(node.head(APP, latest))).isEmpty();
      assertThat(get(node.damage(APP, latest)))
          .contains("its bytes have the digest " + digest("wrong"));
    }
    get(own.put(manifest("image").tags("v1").build()));
    for (Manifests node : nodes) {
      assertThat(get(node.find(APP, latest)).orElseThrow().content().toString()).isEqualTo("image");
      assertThat(get(node.damage(APP, latest))).isEmpty();
    }
  }

  /** Nobody could pull all of it; who is told so sends it again. */
  @Test
  default void refusesAManifestThatNamesWhatIsDamaged() {
    StoredBlob sound = commit(APP, "sound");
    StoredBlob rotten = commit(APP, "rotten");
    PushBuilder child = manifest("child");
    get(manifests().put(child.build()));
    PushBuilder image = manifest("image").blobs(sound, rotten);
    PushBuilder index = manifest("index").children(child.digest());
    String damageBlob = "UPDATE blob SET damaged = TRUE WHERE digest = $1";
    get(database().update(damageBlob, rotten.digest().text()));
    get(database().update("UPDATE manifest SET damage = 'they are wrong'"));
    assertThat(refusal(ErrorCode.MANIFEST_BLOB_UNKNOWN, manifests().put(image.build())).detail())
        .isEqualTo(Map.of("missing", List.of(rotten.digest().text())));
    assertThat(refusal(ErrorCode.MANIFEST_BLOB_UNKNOWN, manifests().put(index.build())).detail())
        .isEqualTo(Map.of("missing", List.of(child.digest().text())));
    get(manifests().put(manifest("foreign").external(rotten).build()));
    get(manifests().put(manifest("sparse").blobs(rotten).sparse().build()));
    commit(APP, "rotten");
    get(manifests().put(child.build()));
    get(manifests().put(image.build()));
    get(manifests().put(index.build()));
  }
}
