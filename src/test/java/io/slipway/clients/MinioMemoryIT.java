package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.MinioServer;
import io.slipway.testing.OneProfile;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a registry that was started as its users start it holds while a large blob goes to MinIO.
 */
@OneProfile("of a MinIO that the test has for itself")
class MinioMemoryIT {
  private static final long SIZE = 1_000_000_000;

  /** In MiB; 300 is wanted, and compilers at work at the same moment make it some more. */
  private static final long LIMIT = 330;

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir Path data;
  @TempDir Path objects;

  /** The same block again and again, numbered. */
  private static final class Content extends InputStream {
    private final byte[] block = new byte[1 << 16];
    private final byte first;
    private long position;

    Content(int seed) {
      new Random(seed).nextBytes(block);
      first = block[0];
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      int begin = (int) (position % block.length);
      int count = (int) Math.min(Math.min(length, block.length - begin), SIZE - position);
      if (count == 0) {
        return -1;
      }
      block[0] = (byte) (first + position / block.length);
      System.arraycopy(block, begin, into, offset, count);
      position += count;
      return count;
    }
  }

  private static String digest(int seed) throws Exception {
    MessageDigest hash = MessageDigest.getInstance("SHA-256");
    byte[] bytes = new byte[1 << 16];
    try (InputStream content = new Content(seed)) {
      for (int count = content.read(bytes, 0, bytes.length);
          count > 0;
          count = content.read(bytes, 0, bytes.length)) {
        hash.update(bytes, 0, count);
      }
    }
    return "sha256:" + HexFormat.of().formatHex(hash.digest());
  }

  private static BodyPublisher content(int seed) {
    return BodyPublishers.fromPublisher(
        BodyPublishers.ofInputStream(() -> new Content(seed)), SIZE);
  }

  private static URI send(String method, String url, BodyPublisher body, int status)
      throws Exception {
    HttpResponse<Void> answer =
        HTTP.send(
            HttpRequest.newBuilder(URI.create(url)).method(method, body).build(),
            BodyHandlers.discarding());
    assertThat(answer.statusCode()).as(method).isEqualTo(status);
    return answer.uri().resolve(answer.headers().firstValue("Location").orElseThrow());
  }

  @Test
  void staysSmallWhileOneGigabyteIsPushed() throws Exception {
    try (MinioServer minio = MinioServer.start(objects)) {
      Map<String, String> environment = LaunchedStores.environment(minio.settings());
      environment.remove("REGISTRY_STORAGE_S3_PART_SIZE");
      try (LaunchedRegistry registry = LaunchedRegistry.start(data, environment)) {
        String uploads = registry.url("/v2/large/blob/blobs/uploads/");
        URI chunked = send("POST", uploads, BodyPublishers.noBody(), 202);
        URI whole = send("PATCH", chunked.toString(), content(1), 202);
        send("PUT", whole + "?digest=" + digest(1), BodyPublishers.noBody(), 201);
        long patched = registry.peakMebibytes();
        URI single = send("POST", uploads, BodyPublishers.noBody(), 202);
        send("PUT", single + "?digest=" + digest(2), content(2), 201);
        long put = registry.peakMebibytes();
        System.out.printf("1 GB to MinIO: %d MiB after a PATCH, %d after a PUT%n", patched, put);
        assertThat(put).isLessThan(LIMIT);
      }
    }
  }
}
