package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Synchronises whole repositories with folders and with other repositories, with Skopeo. */
class SkopeoSyncIT {
  private static final String LIST =
      """
      %s:
        tls-verify: false
        images:
          team/sync: []
      """;

  @TempDir static Path folder;
  @TempDir static Path data;
  private static Program sync = Program.of();
  private static LaunchedRegistry registry;
  private static SampleImage sample;

  @BeforeAll
  static void pushesTwoTags() throws Exception {
    registry = LaunchedRegistry.start(data, Map.of());
    sample = new SampleImage(folder);
    sync =
        Program.of("skopeo", "--insecure-policy", "sync", "--all", "--preserve-digests").in(folder);
    copy("oci:sample:both", docker("team/sync:both"));
    copy("oci:sample:arm64", docker("team/sync:arm64"));
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  private static String docker(String name) {
    return "docker://" + registry.host() + "/" + name;
  }

  private static void copy(String from, String to) throws Exception {
    Program.of("skopeo", "--insecure-policy", "copy", "--all", "--preserve-digests")
        .then("--src-tls-verify=false", "--dest-tls-verify=false")
        .in(folder)
        .print(from, to);
  }

  private static Program toFolder() {
    return sync.then("--src-tls-verify=false", "--src", "docker", "--dest", "dir")
        .then(registry.host() + "/team/sync");
  }

  /** Fails unless a repository has what was pushed, under both tags. */
  private static void requireWhole(String repository) throws Exception {
    String layout = repository.replace('/', '-');
    copy(docker(repository + ":both"), "oci:" + layout + ":both");
    copy(docker(repository + ":arm64"), "oci:" + layout + ":arm64");
    assertThat(Contents.digests(folder.resolve(layout + "/blobs")))
        .isEqualTo(Contents.digests(folder.resolve("sample/blobs")));
  }

  @Test
  void bringsARepositoryIntoAFolderAndBack() throws Exception {
    toFolder().print("there");
    assertThat(Contents.digests(folder.resolve("there/sync:both")).values())
        .containsAll(sample.blobs());
    assertThat(Contents.digests(folder.resolve("there/sync:arm64")).values())
        .containsAll(sample.blobs("arm64"));
    sync.then("--dest-tls-verify=false", "--src", "dir", "--dest", "docker")
        .print("there", registry.host() + "/back");
    requireWhole("back/sync");
  }

  @Test
  void bringsWhatAListNamesIntoAnotherRepository() throws Exception {
    Files.writeString(folder.resolve("list.yaml"), LIST.formatted(registry.host()));
    sync.then("--dest-tls-verify=false", "--src", "yaml", "--dest", "docker")
        .print("list.yaml", registry.host() + "/listed");
    requireWhole("listed/sync");
  }

  @Test
  void noticesALayerThatHasChanged() throws Exception {
    String layer = sample.ownLayer("arm64");
    assertThat(
            registry.whileDamaged(
                layer,
                () -> toFolder().fail(Files.createTempDirectory(folder, "broken").toString())))
        .contains("Digest did not match, expected " + layer);
    toFolder().print("whole");
  }
}
