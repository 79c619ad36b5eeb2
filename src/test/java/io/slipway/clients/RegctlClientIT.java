package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.MediaTypes;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attaches artifacts to images, copies them together and deletes tags with regctl. */
class RegctlClientIT {
  private static final String SBOM = "application/spdx+json";

  @TempDir static Path folder;
  private static OfflineShell shell;

  @BeforeAll
  static void writesImages() throws Exception {
    shell = OfflineShell.of("SLIPWAY_REGCTL", folder);
    OciLayout layout = new OciLayout(shell.folder().resolve("layout"));
    byte[] shared = Contents.random(2_000_000, 71);
    JsonObject amd = layout.image("amd64", shared, Contents.random(1000, 72));
    JsonObject arm = layout.image("arm64", shared, Contents.random(2000, 73));
    JsonObject base = layout.image("amd64", shared);
    JsonObject other = layout.image("amd64", Contents.random(3000, 74));
    layout
        .name("base", base)
        .name("other", other)
        .name("amd", amd)
        .name("both", layout.index(amd, arm));
    Files.write(shell.folder().resolve("blob"), Contents.random(3_000_000, 75));
    Files.writeString(shell.folder().resolve("sbom"), "{\"spdxVersion\":\"SPDX-2.3\"}");
    Files.write(shell.folder().resolve("signature"), Contents.random(300, 76));
    shell.print(
        """
        regctl registry set --tls disabled $registry
        for tag in base other amd both; do
          regctl image copy ocidir://layout:$tag $registry/team/app:$tag
        done
        """);
  }

  @AfterAll
  static void stop() throws Exception {
    shell.close();
  }

  /** Attaches a bill of materials and a signature; prints the digest of the first. */
  private static String attachBothTo(String image) throws Exception {
    return shell.print(
        """
        put() { regctl artifact put --subject $registry/%1$s --format '{{.Manifest.GetDescriptor.Digest}}' "$@"; }
        put --artifact-type %2$s --file sbom --file-media-type %2$s
        put --artifact-type application/vnd.example.signature --annotation who=me --file signature >/dev/null
        """
            .formatted(image, SBOM));
  }

  private static String rawDigestOf(String image) throws Exception {
    return shell.print(
        "regctl manifest get --format raw-body $registry/%s | sha256sum | sed 's/^/sha256:/; s/ .*//'"
            .formatted(image));
  }

  @Test
  void copiesAnIndexByteForByte() throws Exception {
    shell.print("regctl image copy $registry/team/app:both ocidir://back:both");
    JsonObject index = new JsonObject(Files.readString(shell.folder().resolve("back/index.json")));
    assertThat(index.getJsonArray("manifests").getJsonObject(0).getString("digest"))
        .isEqualTo(rawDigestOf("team/app:both"));
    assertThat(Contents.digests(shell.folder().resolve("back/blobs/sha256")))
        .hasSize(8)
        .allSatisfy((name, digest) -> assertThat(digest).isEqualTo("sha256:" + name));
    shell.print(
        "for file in back/blobs/sha256/*; do cmp $file layout/$(echo $file | cut -d/ -f2-); done");
  }

  @Test
  void putsAndGetsArtifacts() throws Exception {
    shell.print(
        """
        echo '{"made":"here"}' >config.json
        regctl artifact put --artifact-type application/vnd.example --annotation a=b \\
          --config-type application/vnd.example.config+json --config-file config.json \\
          --file-title --file blob --file-media-type application/octet-stream \\
          --file signature --file-media-type application/vnd.example.second \\
          $registry/team/artifact:v1
        regctl artifact get --file blob $registry/team/artifact:v1 | cmp - blob
        regctl artifact get --config $registry/team/artifact:v1 | cmp - config.json
        mkdir artifact
        regctl artifact get --output artifact $registry/team/artifact:v1
        cmp artifact/blob blob
        cmp artifact/signature signature
        """);
    JsonObject manifest = shell.manifest("team/artifact:v1");
    assertThat(manifest.getString("artifactType")).isEqualTo("application/vnd.example");
    assertThat(manifest.getJsonObject("annotations").getString("a")).isEqualTo("b");
  }

  @Test
  void listsWhatRefersToAnImage() throws Exception {
    shell.print("regctl image copy ocidir://layout:amd $registry/team/subject:v1");
    String sbom = attachBothTo("team/subject:v1");
    assertThat(shell.print("regctl artifact list $registry/team/subject:v1"))
        .contains(sbom, SBOM, "application/vnd.example.signature", "me");
    JsonArray filtered =
        new JsonObject(
                shell.print(
                    "regctl artifact list --filter-artifact-type %s --format body $registry/team/subject:v1"
                        .formatted(SBOM)))
            .getJsonArray("manifests");
    assertThat(filtered).hasSize(1);
    assertThat(filtered.getJsonObject(0))
        .isEqualTo(
            new JsonObject()
                .put("mediaType", MediaTypes.OCI_MANIFEST)
                .put("digest", sbom)
                .put("size", filtered.getJsonObject(0).getInteger("size"))
                .put("artifactType", SBOM));
    assertThat(rawDigestOf("team/subject@" + sbom)).isEqualTo(sbom);
    assertThat(shell.print("regctl artifact tree $registry/team/subject:v1"))
        .contains(sbom + ": " + SBOM, ": application/vnd.example.signature");
    shell.print(
        """
        get() { regctl artifact get --subject $registry/team/subject:v1 "$@"; }
        get --filter-artifact-type %s | cmp - sbom
        get --filter-annotation who=me | cmp - signature
        """
            .formatted(SBOM));
  }

  @Test
  void copiesAnImageWithAllThatBelongsToIt() throws Exception {
    shell.print("regctl image copy ocidir://layout:amd $registry/team/whole:v1");
    String sbom = attachBothTo("team/whole:v1");
    String digestTag = rawDigestOf("team/whole:v1").replace(':', '-') + ".sig";
    shell.print(
        """
        regctl artifact put --artifact-type application/vnd.example --file blob $registry/team/whole:%1$s
        regctl image copy --referrers --digest-tags $registry/team/whole:v1 $registry/team/copy:v1
        regctl image copy --referrers --digest-tags $registry/team/copy:v1 ocidir://copy:v1
        test "$(regctl tag ls $registry/team/copy)" = "$(printf '%%s\\n' %1$s v1)"
        regctl artifact get $registry/team/copy:%1$s | cmp - blob
        regctl artifact get --subject $registry/team/copy:v1 --filter-artifact-type %2$s | cmp - sbom
        regctl artifact get --subject $registry/team/copy:v1 --filter-annotation who=me | cmp - signature
        regctl artifact get --subject ocidir://copy:v1 --filter-artifact-type %2$s | cmp - sbom
        """
            .formatted(digestTag, SBOM));
    assertThat(rawDigestOf("team/copy@" + sbom)).isEqualTo(sbom);
    assertThat(rawDigestOf("team/copy:v1")).isEqualTo(rawDigestOf("team/whole:v1"));
  }

  /** Where a registry cannot, regctl pushes something else under the tag and deletes that. */
  @Test
  void deletesATagAndNothingElse() throws Exception {
    shell.print(
        """
        regctl image copy ocidir://layout:amd $registry/team/tags:v1
        regctl image copy $registry/team/tags:v1 $registry/team/tags:v2
        regctl image copy $registry/team/tags:v1 $registry/team/tags:v3
        """);
    String digest = rawDigestOf("team/tags:v1");
    String deleted = shell.print("regctl -v trace tag delete $registry/team/tags:v2");
    assertThat(deleted).contains("DELETE").doesNotContain("PUT");
    assertThat(shell.print("regctl tag ls $registry/team/tags").lines())
        .containsExactly("v1", "v3");
    assertThat(shell.fail("regctl manifest get $registry/team/tags:v2")).contains("not found");
    assertThat(rawDigestOf("team/tags@" + digest)).isEqualTo(digest);
    assertThat(rawDigestOf("team/tags:v3")).isEqualTo(digest);
  }

  @Test
  void putsGetsAndDeletesABlob() throws Exception {
    shell.print(
        """
        digest=$(regctl blob put $registry/team/blobs <blob)
        test $digest = sha256:$(sha256sum blob | cut -d' ' -f1)
        regctl blob get $registry/team/blobs $digest | cmp - blob
        regctl blob head $registry/team/blobs $digest | grep -i 'content-length: 3000000'
        regctl blob copy $registry/team/blobs $registry/team/other-blobs $digest
        regctl blob delete $registry/team/blobs $digest
        ! regctl blob head $registry/team/blobs $digest
        regctl blob get $registry/team/other-blobs $digest | cmp - blob
        regctl repo ls $registry | grep -x team/app
        """);
  }

  @Test
  void checksTheBaseOfAnImage() throws Exception {
    assertThat(
            shell.print(
                "regctl image check-base --no-config --base $registry/team/app:base $registry/team/app:amd"))
        .contains("base image matches");
    assertThat(
            shell.fail(
                "regctl image check-base --no-config --base $registry/team/app:other $registry/team/app:amd"))
        .contains("base image has changed");
  }

  @Test
  void noticesALayerThatHasChanged() throws Exception {
    Files.write(shell.folder().resolve("broken"), Contents.random(500_000, 77));
    shell.print(
        """
        regctl artifact put --artifact-type application/vnd.example --file broken $registry/team/broken:v1
        regctl artifact get $registry/team/broken:v1 | cmp - broken
        """);
    String layer = shell.layer("team/broken:v1");
    assertThat(
            shell.failWhileDamaged(
                layer,
                "regctl artifact get $registry/team/broken:v1 >broken.out",
                "regctl blob get $registry/team/broken %s >broken.out".formatted(layer),
                "regctl image copy $registry/team/broken:v1 ocidir://broken-copy:v1",
                "regctl image export $registry/team/broken:v1 broken.tar"))
        .allSatisfy((command, printed) -> assertThat(printed).contains("digest mismatch"));
  }
}
