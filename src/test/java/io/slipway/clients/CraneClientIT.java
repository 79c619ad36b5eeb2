package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds, copies, lists and deletes images with crane. */
class CraneClientIT {
  @TempDir static Path folder;
  private static OfflineShell shell;

  /** Two images of one archive each, of which the second has a configuration of its own, as one. */
  @BeforeAll
  static void buildsAnIndex() throws Exception {
    shell = OfflineShell.of("SLIPWAY_CRANE", folder);
    Path files = Files.createDirectory(shell.folder().resolve("files"));
    Files.write(files.resolve("content"), Contents.random(3_000_000, 61));
    Files.write(files.resolve("more"), Contents.random(1000, 62));
    shell.print(
        """
        tar -C files -cf content.tar content
        tar -C files -cf more.tar more
        crane append --oci-empty-base -f content.tar -t $registry/team/app:amd
        crane mutate $registry/team/app:amd -t $registry/team/app:arm --set-platform linux/arm64
        crane index append -m $registry/team/app:amd -m $registry/team/app:arm -t $registry/team/app:both
        """);
  }

  @AfterAll
  static void stop() throws Exception {
    shell.close();
  }

  @Test
  void appendsArchivesAndReadsThemBack() throws Exception {
    shell.print(
        """
        crane append --oci-empty-base -f content.tar -t $registry/team/append:v1
        crane append -b $registry/team/append:v1 -f more.tar -t $registry/team/append:v2
        crane export $registry/team/append:v2 - | tar -xC "$(mktemp -d -p . back.XXX)"
        cmp back.*/content files/content
        cmp back.*/more files/more
        """);
    shell.print(
        "crane blob $registry/team/append@%s | gunzip | cmp - content.tar"
            .formatted(shell.layer("team/append:v1")));
    assertThat(shell.manifest("team/append:v2").getJsonArray("layers")).hasSize(2);
  }

  @Test
  void mutatesTheConfiguration() throws Exception {
    shell.print(
        """
        crane append --oci-empty-base -f content.tar -t $registry/team/mutate:v1
        crane mutate $registry/team/mutate:v1 -t $registry/team/mutate:v2 --label who=me
        crane validate --remote $registry/team/mutate:v2
        """);
    JsonObject config = new JsonObject(shell.print("crane config $registry/team/mutate:v2"));
    assertThat(config.getJsonObject("config").getJsonObject("Labels").getString("who"))
        .isEqualTo("me");
    assertThat(shell.layer("team/mutate:v2")).isEqualTo(shell.layer("team/mutate:v1"));
  }

  @Test
  void copiesAnImageAndAnIndex() throws Exception {
    String copied =
        shell.print(
            """
            crane copy $registry/team/app:amd $registry/team/copy:amd
            crane copy $registry/team/app:both $registry/team/copy:both
            for tag in amd both; do
              cmp <(crane manifest $registry/team/app:$tag) <(crane manifest $registry/team/copy:$tag)
              crane validate --remote $registry/team/copy:$tag
            done
            """);
    assertThat(copied).contains("mounted blob").doesNotContain("pushed blob");
  }

  @Test
  void pullsALayoutAndPushesIt() throws Exception {
    shell.print(
        """
        crane pull --format oci $registry/team/app:both out
        crane push out $registry/team/layout:both
        crane pull --format oci $registry/team/layout:both back
        diff -r out back
        """);
    assertThat(Contents.digests(shell.folder().resolve("out/blobs/sha256")))
        .hasSize(6)
        .allSatisfy((name, digest) -> assertThat(digest).isEqualTo("sha256:" + name));
  }

  @Test
  void readsDigests() throws Exception {
    for (String tag : new String[] {"amd", "both"}) {
      assertThat(shell.print("crane digest $registry/team/app:" + tag))
          .isEqualTo(
              shell.print(
                  "crane manifest $registry/team/app:%s | sha256sum | sed 's/^/sha256:/; s/ .*//'"
                      .formatted(tag)));
    }
    String arm = shell.print("crane digest --platform linux/arm64 $registry/team/app:both");
    assertThat(arm).isEqualTo(shell.print("crane digest $registry/team/app:arm"));
  }

  /** More than one page of them: crane asks for 1000 at a time. */
  @Test
  void listsRepositoriesAndTags() throws Exception {
    shell.print(
        """
        crane copy $registry/team/app:amd $registry/team/many:t0001
        crane manifest $registry/team/many:t0001 >manifest
        curl -sf -T manifest "http://$registry/v2/team/many/manifests/t[0002-1100]"
        crane tag $registry/team/many:t1100 last
        """);
    assertThat(shell.print("crane catalog $registry").lines()).contains("team/app", "team/many");
    assertThat(shell.print("crane ls $registry/team/app").lines())
        .containsExactly("amd", "arm", "both");
    assertThat(shell.print("crane ls $registry/team/many").lines().sorted())
        .hasSize(1101)
        .startsWith("last")
        .endsWith(
            IntStream.rangeClosed(1, 1100).mapToObj("t%04d"::formatted).toArray(String[]::new));
  }

  @Test
  void deletesATagAndADigest() throws Exception {
    shell.print(
        """
        crane copy $registry/team/app:amd $registry/team/gone:v1
        crane tag $registry/team/gone:v1 v2
        digest=$(crane digest $registry/team/gone:v1)
        crane delete $registry/team/gone:v1
        test "$(crane ls $registry/team/gone)" = v2
        crane validate --remote $registry/team/gone@$digest
        crane delete $registry/team/gone@$digest
        test -z "$(crane ls $registry/team/gone)"
        """);
    assertThat(shell.fail("crane manifest $registry/team/gone:v2")).contains("MANIFEST_UNKNOWN");
    assertThat(shell.print("crane ls $registry/team/app")).contains("amd");
  }

  @Test
  void noticesALayerThatHasChanged() throws Exception {
    Files.write(shell.folder().resolve("broken"), Contents.random(500_000, 63));
    shell.print(
        """
        tar -cf broken.tar broken
        crane append --oci-empty-base -f broken.tar -t $registry/team/broken:v1
        crane validate --remote $registry/team/broken:v1
        """);
    String layer = shell.layer("team/broken:v1");
    assertThat(
            shell.failWhileDamaged(
                layer,
                "crane validate --remote $registry/team/broken:v1",
                "crane pull $registry/team/broken:v1 broken-image.tar",
                "crane export $registry/team/broken:v1 broken-files.tar",
                "crane blob $registry/team/broken@" + layer))
        .allSatisfy((command, printed) -> assertThat(printed).contains("checksum"));
  }
}
