package io.slipway.clients;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Bytes for tests, and what became of them. */
final class Contents {
  private Contents() {}

  /** Makes bytes that do not compress, the same in every run. */
  static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static String digest(byte[] bytes) {
    return Digest.of(DigestAlgorithm.SHA256, bytes).text();
  }

  /** Returns the digest of every file in an archive, by its path there. */
  static Map<String, String> digestsIn(Path archive) throws Exception {
    Path unpacked = Files.createTempDirectory(archive.getParent(), "unpacked");
    Program.of("tar").print("-xf", archive.toString(), "-C", unpacked.toString());
    return digests(unpacked);
  }

  /** Returns the digest of every file below a folder, by its path there. */
  static Map<String, String> digests(Path folder) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        digests.put(folder.relativize(file).toString(), digest(Files.readAllBytes(file)));
      }
    }
    return digests;
  }
}
