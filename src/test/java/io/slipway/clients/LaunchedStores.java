package io.slipway.clients;

import io.slipway.testing.ChildJvm;
import io.slipway.testing.TestProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a launched registry keeps everything in; a test may damage it. */
interface LaunchedStores {
  /** Returns what the profile gives to a registry of a folder. */
  static LaunchedStores of(Path data) {
    return TestProfile.isCluster() ? ClusterStores.of(data) : new FolderStores(data);
  }

  /** Returns what the registry must be told, as names and values of its environment. */
  Map<String, String> environment();

  /**
   * Changes one byte of a blob wherever the registry might read it, so that what is served is not
   * what was pushed. A small blob that was read before is served from memory instead.
   */
  void flipByteOf(String digest) throws IOException;

  /** Tells whether blobs that are pulled are kept a second time, to be quick. */
  boolean haveCache();

  /** Tells whether a blob is in the cache, once nothing is on its way there. */
  boolean isCached(String digest) throws IOException;

  /** Takes a blob out of the cache, if there is one. */
  void uncache(String digest) throws IOException;

  /** Returns a repository that has a blob; where there is a cache. */
  String repositoryOf(String digest);

  /** Returns keys and values of the configuration, one after the other, for an environment. */
  static Map<String, String> environment(String... settings) {
    Map<String, String> environment = new HashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      environment.put(ChildJvm.variable(settings[i]), settings[i + 1]);
    }
    return environment;
  }

  /** Returns the files of a blob in a folder and below: they are named by its digest. */
  static List<Path> files(Path folder, String digest) throws IOException {
    String hex = digest.substring(digest.indexOf(':') + 1);
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.getFileName().toString().equals(hex))
          .filter(Files::isRegularFile)
          .toList();
    }
  }

  /** Changes one byte in the middle. */
  static void flip(byte[] bytes) {
    bytes[bytes.length / 2] ^= 1;
  }

  /** Changes one byte of a file. */
  static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    flip(bytes);
    Files.write(file, bytes);
  }
}
