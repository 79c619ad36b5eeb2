package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signs images with a key and verifies them with cosign, without the servers of Sigstore. */
class CosignClientIT {
  /**
   * What cosign would ask servers for is said here: who may sign besides the key, which is nobody.
   */
  private static final String OPTIONS =
      """
      export COSIGN_PASSWORD= SIGSTORE_ROOT_FILE=one.pub
      sign() { cosign sign --yes --tlog-upload=false --allow-http-registry "$@"; }
      verify() { cosign verify --insecure-ignore-tlog=true --allow-http-registry "$@"; }
      """;

  @TempDir static Path folder;
  private static OfflineShell shell;

  @BeforeAll
  static void makesKeys() throws Exception {
    shell = OfflineShell.of("SLIPWAY_COSIGN", folder);
    shell.print(
        """
        export COSIGN_PASSWORD=
        cosign generate-key-pair --output-key-prefix one
        cosign generate-key-pair --output-key-prefix two
        echo '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}' >root.json
        """);
  }

  @AfterAll
  static void stop() throws Exception {
    shell.close();
  }

  /** Pushes an image of its own for each seed with curl; returns its name with the digest. */
  private static String push(String name, int seed) throws Exception {
    OciLayout layout = new OciLayout(shell.folder().resolve(name));
    JsonObject image = layout.image("amd64", Contents.random(100_000, seed));
    layout.name("v1", image);
    shell.print(
        """
        for file in %1$s/blobs/sha256/*; do
          curl -sf --data-binary @$file "http://$registry/v2/team/%1$s/blobs/uploads/?digest=sha256:$(basename $file)"
        done
        curl -sf -T %1$s/blobs/%2$s http://$registry/v2/team/%1$s/manifests/v1
        """
            .formatted(name, image.getString("digest").replace(':', '/')));
    return "$registry/team/" + name + "@" + image.getString("digest");
  }

  private static String print(String script, String image) throws Exception {
    return shell.print(OPTIONS + script.replace("IMAGE", image));
  }

  private static String fail(String script, String image) throws Exception {
    return shell.fail(OPTIONS + script.replace("IMAGE", image));
  }

  private static String digest(String image) {
    return image.substring(image.indexOf('@') + 1);
  }

  private static String signatureOf(String image) {
    String repository = image.substring("$registry/".length(), image.indexOf('@'));
    return repository + ":" + digest(image).replace(':', '-') + ".sig";
  }

  @Test
  void verifiesWhatItSigned() throws Exception {
    String image = push("signed", 91);
    print("sign --key one.key --output-payload payload IMAGE", image);
    assertThat(print("verify --key one.pub IMAGE", image))
        .contains("\"docker-manifest-digest\":\"" + digest(image) + "\"");
    assertThat(print("verify --key one.pub $registry/team/signed:v1", image))
        .contains(digest(image));
    assertThat(fail("verify --key two.pub IMAGE", image)).contains("no matching signatures");
    shell.print(
        "curl -sf http://$registry/v2/team/signed/blobs/%s | cmp - payload"
            .formatted(shell.layer(signatureOf(image))));
    assertThat(print("cosign tree --allow-http-registry IMAGE", image))
        .contains(shell.layer(signatureOf(image)));
  }

  @Test
  void verifiesNothingThatIsNotSigned() throws Exception {
    String image = push("unsigned", 92);
    assertThat(fail("verify --key one.pub IMAGE", image)).contains("no signatures found");
  }

  @Test
  void verifiesAnAttestation() throws Exception {
    String image = push("attested", 93);
    String verify =
        "cosign verify-attestation --insecure-ignore-tlog=true --allow-http-registry --type custom --key %s IMAGE";
    print(
        """
        echo '{"made":"here"}' >predicate
        cosign attest --yes --tlog-upload=false --allow-http-registry --type custom --predicate predicate --key one.key IMAGE
        """,
        image);
    assertThat(print(verify.formatted("one.pub"), image)).contains("application/vnd.in-toto+json");
    assertThat(fail(verify.formatted("two.pub"), image)).contains("no matching attestations");
  }

  @Test
  void keepsSignaturesAsReferrers() throws Exception {
    String image = push("referred", 94);
    String verify = "COSIGN_EXPERIMENTAL=1 verify --experimental-oci11 --key %s IMAGE";
    print(
        "COSIGN_EXPERIMENTAL=1 sign --registry-referrers-mode=oci-1-1 --key one.key IMAGE", image);
    assertThat(print(verify.formatted("one.pub"), image)).contains(digest(image));
    // Where no referrer is good cosign looks for the tag that it would have made otherwise.
    assertThat(fail(verify.formatted("two.pub"), image)).contains("no signatures found");
    assertThat(referrers("referred", image).getJsonObject(0).getString("artifactType"))
        .isEqualTo("application/vnd.dev.cosign.artifact.sig.v1+json");
  }

  @Test
  void keepsBundlesAsReferrers() throws Exception {
    String image = push("bundled", 95);
    String verify = "verify --new-bundle-format --trusted-root root.json --key %s IMAGE";
    print("sign --new-bundle-format --use-signing-config=false --key one.key IMAGE", image);
    assertThat(print(verify.formatted("one.pub"), image)).contains(digest(image));
    assertThat(fail(verify.formatted("two.pub"), image)).contains("could not verify envelope");
    assertThat(referrers("bundled", image).getJsonObject(0).getString("artifactType"))
        .startsWith("application/vnd.dev.sigstore.bundle");
  }

  private static JsonArray referrers(String name, String image) throws Exception {
    String path = "/v2/team/" + name + "/referrers/" + digest(image);
    JsonArray manifests =
        new JsonObject(shell.print("curl -sf http://$registry" + path)).getJsonArray("manifests");
    assertThat(manifests).hasSize(1);
    assertThat(shell.print("curl -sf http://$registry/v2/team/" + name + "/tags/list"))
        .contains("[\"v1\"]");
    return manifests;
  }

  @Test
  void takesSignaturesAway() throws Exception {
    String image = push("cleaned", 99);
    print("sign --key one.key IMAGE; cosign clean --force --allow-http-registry IMAGE", image);
    assertThat(fail("verify --key one.pub IMAGE", image)).contains("no signatures found");
    assertThat(shell.print("curl -sf http://$registry/v2/team/cleaned/tags/list"))
        .contains("[\"v1\"]");
  }

  @Test
  void savesLoadsAndCopiesASignedImage() throws Exception {
    String image = push("saved", 96);
    print(
        """
        sign --key one.key IMAGE
        cosign save --allow-http-registry --dir saved-image IMAGE
        cosign load --allow-http-registry --dir saved-image $registry/team/loaded:v1
        cosign copy --allow-http-registry $registry/team/loaded:v1 $registry/team/copied:v1
        verify --key one.pub $registry/team/copied:v1
        for file in saved/blobs/sha256/*; do
          cmp $file saved-image/blobs/sha256/$(basename $file)
        done
        curl -sf -H 'Accept: */*' http://$registry/v2/team/copied/manifests/v1 |
          cmp - saved/blobs/sha256/%s
        """
            .formatted(digest(image).substring("sha256:".length())),
        image);
  }

  @Test
  void noticesASignatureThatHasChanged() throws Exception {
    String image = push("broken", 97);
    // Nothing reads the signature before: what was read is served from memory, whole.
    print("sign --key one.key IMAGE", image);
    shell.registry().flipByteOf(shell.layer(signatureOf(image)));
    // Of a short object the registry sends nothing before it has seen that it is wrong.
    assertThat(fail("verify --key one.pub IMAGE", image))
        .containsAnyOf("checksum", "503 Service Unavailable");
  }

  @Test
  void noticesALayerThatHasChanged() throws Exception {
    String image = push("damaged", 98);
    print("sign --key one.key IMAGE", image);
    assertThat(
            shell
                .registry()
                .whileDamaged(
                    shell.layer("team/damaged:v1"),
                    () ->
                        fail("cosign save --allow-http-registry --dir damaged-image IMAGE", image)))
        .contains("checksum");
  }
}
