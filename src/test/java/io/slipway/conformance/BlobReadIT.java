package io.slipway.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.DigestAlgorithm;
import io.slipway.testing.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Reads blobs of every kind: small ones lie in memory, large ones in files. */
class BlobReadIT {
  private static final byte[] SMALL = Content.bytes(2048, 1);
  private static final byte[] LARGE = Content.bytes(300_000, 2);
  private static final String BLOB = "/v2/{repo}/blobs/{blob}";
  private static final String FILE = "/v2/{repo}/blobs/{large}";
  private static final String FOREVER = "max-age=31536000, immutable";

  @TempDir static Path data;
  private static TestRegistry registry;
  private static Content content;

  @BeforeAll
  static void start() {
    registry = TestRegistry.start(data);
    content =
        new Content(registry)
            .blob("blob", SMALL)
            .blob("large", LARGE)
            .blob("empty", new byte[0])
            .blob("sha512", SMALL, DigestAlgorithm.SHA512);
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  @TestFactory
  Stream<DynamicTest> table() {
    return Stream.of(whole(), ranges(), conditions(), failures())
        .flatMap(List::stream)
        .map(row -> row.test(registry, content));
  }

  private static List<Row> whole() {
    return List.of(
        found(Row.of("GET", BLOB), "blob", 2048).content(SMALL),
        found(Row.of("HEAD", BLOB), "blob", 2048),
        found(Row.of("GET", FILE), "large", 300_000).content(LARGE),
        found(Row.of("HEAD", FILE), "large", 300_000),
        found(Row.of("GET", "/v2/{repo}/blobs/{empty}"), "empty", 0).content(new byte[0]),
        found(Row.of("HEAD", "/v2/{repo}/blobs/{empty}"), "empty", 0),
        found(Row.of("GET", "/v2/{repo}/blobs/{sha512}"), "sha512", 2048).content(SMALL),
        found(Row.of("GET", BLOB).with("Accept-Encoding", "gzip"), "blob", 2048).content(SMALL),
        found(Row.of("GET", BLOB + "?ns=docker.io"), "blob", 2048),
        found(Row.of("HEAD", BLOB).with("Range", "bytes=0-3"), "blob", 2048));
  }

  private static Row found(Row row, String name, int length) {
    return row.is(200)
        .header("Content-Length", Integer.toString(length))
        .header("Content-Type", "application/octet-stream")
        .header("Docker-Content-Digest", "{" + name + "}")
        .header("ETag", "\"{" + name + "}\"")
        .header("Accept-Ranges", "bytes")
        .header("Cache-Control", FOREVER);
  }

  private static List<Row> ranges() {
    return List.of(
        part(BLOB, SMALL, "bytes=500-1499", 500, 1500),
        part(BLOB, SMALL, "bytes=500-", 500, 2048),
        part(BLOB, SMALL, "bytes=-500", 1548, 2048),
        part(BLOB, SMALL, "bytes=-5000", 0, 2048),
        part(BLOB, SMALL, "bytes=2000-5000", 2000, 2048),
        part(BLOB, SMALL, "bytes=0-0", 0, 1),
        part(BLOB, SMALL, "bytes=0-9,5-20", 0, 21),
        part(FILE, LARGE, "bytes=100000-200000", 100_000, 200_001),
        part(FILE, LARGE, "bytes=299999-", 299_999, 300_000),
        outside(BLOB, "bytes=500-0", 2048),
        outside(BLOB, "bytes=5000-10000", 2048),
        outside(BLOB, "bytes=2048-", 2048),
        outside(FILE, "bytes=300000-300001", 300_000),
        // Clients that always send a range would never get an empty blob.
        Row.of("GET", "/v2/{repo}/blobs/{empty}").with("Range", "bytes=0-").is(200),
        Row.of("GET", BLOB).with("Range", "lines=1-2").is(200).content(SMALL),
        Row.of("GET", BLOB).with("Range", "bytes=a-b").is(200).content(SMALL),
        Row.of("GET", BLOB).with("Range", "bytes=" + "0-1,".repeat(40) + "5-6").is(200),
        part(BLOB, SMALL, "bytes=0-9", 0, 10).with("If-Range", "\"{blob}\""),
        whole("\"{large}\""),
        whole("W/\"{blob}\""),
        whole("Wed, 21 Oct 2015 07:28:00 GMT"));
  }

  private static Row part(String path, byte[] all, String range, int from, int to) {
    return Row.of("GET", path)
        .with("Range", range)
        .is(206)
        .header("Content-Length", Integer.toString(to - from))
        .header("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + all.length)
        .content(Arrays.copyOfRange(all, from, to));
  }

  private static Row outside(String path, String range, int size) {
    return Row.of("GET", path)
        .with("Range", range)
        .is(416, "RANGE_INVALID")
        .header("Content-Range", "bytes */" + size)
        .without("ETag");
  }

  private static Row whole(String ifRange) {
    return Row.of("GET", BLOB)
        .with("Range", "bytes=0-9")
        .with("If-Range", ifRange)
        .is(200)
        .content(SMALL);
  }

  private static List<Row> conditions() {
    return List.of(
        unchanged("GET", "\"{blob}\""),
        unchanged("HEAD", "\"{blob}\""),
        unchanged("GET", "*"),
        unchanged("GET", "W/\"{blob}\""),
        unchanged("GET", "\"x\", \"{blob}\""),
        Row.of("GET", BLOB).with("If-None-Match", "\"{large}\"").is(200).content(SMALL),
        Row.of("GET", "/v2/{repo}/blobs/{missing}")
            .with("If-None-Match", "*")
            .is(404, "BLOB_UNKNOWN"));
  }

  private static Row unchanged(String method, String entityTag) {
    return Row.of(method, BLOB)
        .with("If-None-Match", entityTag)
        .is(304)
        .header("ETag", "\"{blob}\"")
        .header("Cache-Control", FOREVER);
  }

  private static List<Row> failures() {
    return List.of(
        Row.of("GET", "/v2/{repo}/blobs/{missing}").is(404, "BLOB_UNKNOWN"),
        Row.of("HEAD", "/v2/{repo}/blobs/{missing}").is(404),
        Row.of("DELETE", "/v2/{repo}/blobs/{missing}").is(404, "BLOB_UNKNOWN"),
        // A blob is readable only through a repository that links it.
        Row.of("GET", "/v2/other/blobs/{blob}").is(404, "BLOB_UNKNOWN"),
        Row.of("HEAD", "/v2/other/blobs/{blob}").is(404),
        Row.of("GET", "/v2/{repo}/blobs/sha256:abc").is(400, "DIGEST_INVALID"),
        Row.of("GET", "/v2/{repo}/blobs/md5:d41d8cd98f00b204e9800998ecf8427e")
            .is(400, "DIGEST_INVALID"),
        Row.of("GET", "/v2/{repo}/blobs/latest").is(400, "DIGEST_INVALID"),
        Row.of("GET", "/v2/Team/blobs/{blob}").is(400, "NAME_INVALID"),
        Row.of("GET", "/v2/a%2Fb/blobs/{blob}").is(400, "NAME_INVALID"),
        Row.of("GET", "/v2/a//b/blobs/{blob}").is(400, "NAME_INVALID"),
        Row.of("GET", "/v2/" + "a".repeat(256) + "/blobs/{blob}").is(400, "NAME_INVALID"),
        Row.of("POST", BLOB).is(405, "UNSUPPORTED").header("Allow", "GET, HEAD, DELETE"));
  }

  @TestFactory
  Stream<DynamicTest> severalRangesComeInParts() {
    return Stream.of(BLOB, FILE)
        .map(
            path ->
                Row.of("GET", path)
                    .with("Range", "bytes=0-1, 10-12")
                    .is(206)
                    .check(
                        body -> MultipartBody.check(body, path.equals(BLOB) ? SMALL : LARGE, 0, 10))
                    .test(registry, content));
  }

  /** Splits a body of parts and compares each with the content. */
  private static final class MultipartBody {
    static void check(byte[] body, byte[] all, int first, int second) {
      String text = new String(body, StandardCharsets.ISO_8859_1);
      String one = new String(all, first, 2, StandardCharsets.ISO_8859_1);
      String two = new String(all, second, 3, StandardCharsets.ISO_8859_1);
      String boundary = text.substring(2, text.indexOf("\r\n", 2));
      String head = "\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes ";
      assertThat(text)
          .isEqualTo(
              "\r\n%s%s0-1/%d\r\n\r\n%s\r\n%s%s10-12/%d\r\n\r\n%s\r\n%s--\r\n"
                  .formatted(
                      boundary, head, all.length, one, boundary, head, all.length, two, boundary));
    }
  }
}
