package io.slipway.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.testing.TestRegistry;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pushes blobs in every way (distribution-spec, "Pushing blobs"). */
class UploadIT {
  private static final String UPLOADS = "/v2/team/app/blobs/uploads/";

  @TempDir static Path data;
  private static TestRegistry registry;
  private final byte[] blob = Content.bytes(3067, System.nanoTime());
  private final String digest = Content.digest(blob).text();

  @BeforeAll
  static void start() {
    registry = TestRegistry.start(data);
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  private static String open() {
    HttpResponse<byte[]> answer = registry.send("POST", UPLOADS, new byte[0]);
    assertThat(answer.statusCode()).isEqualTo(202);
    String location = header(answer, "Location");
    assertThat(location)
        .matches(registry.uri(UPLOADS).toString() + "[0-9a-f-]{36}")
        .endsWith(header(answer, "Docker-Upload-UUID"));
    assertThat(header(answer, "Range")).isEqualTo("0-0");
    assertThat(header(answer, "Content-Length")).isEqualTo("0");
    return location;
  }

  private static String header(HttpResponse<byte[]> answer, String name) {
    return String.join(", ", answer.headers().allValues(name));
  }

  private HttpResponse<byte[]> chunk(String method, String location, int from, int to) {
    return registry.send(
        method,
        location,
        Arrays.copyOfRange(blob, from, to),
        "Content-Range",
        from + "-" + (to - 1));
  }

  /** Checks an answer that tells how far a session is. */
  private static void progress(HttpResponse<byte[]> answer, int status, String at, String range) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(header(answer, "Range")).isEqualTo(range);
    assertThat(header(answer, "Location")).isEqualTo(at);
    assertThat(header(answer, "Docker-Upload-UUID")).isNotEmpty();
  }

  private static void refused(HttpResponse<byte[]> answer, int status, String code) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8))
        .contains("\"code\":\"" + code + '"');
  }

  private void created(HttpResponse<byte[]> answer, String as) {
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(header(answer, "Docker-Content-Digest")).isEqualTo(as);
    String location = header(answer, "Location");
    assertThat(location).isEqualTo(registry.uri("/v2/team/app/blobs/" + as).toString());
    assertThat(registry.send("GET", location).body()).isEqualTo(blob);
  }

  @ParameterizedTest
  @EnumSource(DigestAlgorithm.class)
  void oneRequestIsEnough(DigestAlgorithm algorithm) {
    String as = Digest.of(algorithm, blob).text();
    created(registry.send("POST", UPLOADS + "?digest=" + as.replace(":", "%3A"), blob), as);
  }

  @ParameterizedTest
  @EnumSource(DigestAlgorithm.class)
  void aSessionTakesEverythingInItsPut(DigestAlgorithm algorithm) {
    String as = Digest.of(algorithm, blob).text();
    created(registry.send("PUT", open() + "?digest=" + as, blob), as);
  }

  @ParameterizedTest
  @EnumSource(DigestAlgorithm.class)
  void chunksComeInOrder(DigestAlgorithm algorithm) {
    String as = Digest.of(algorithm, blob).text();
    HttpResponse<byte[]> opened =
        registry.send("POST", UPLOADS + "?digest-algorithm=" + algorithm.id(), new byte[0]);
    String location = header(opened, "Location");
    progress(chunk("PATCH", location, 0, 1024), 202, location, "0-1023");
    progress(chunk("PATCH", location, 1024, 2048), 202, location, "0-2047");
    progress(registry.send("GET", location), 204, location, "0-2047");
    created(chunk("PUT", location + "?digest=" + as, 2048, 3067), as);
  }

  @Test
  void aStreamNeedsNoRange() {
    String location = open();
    HttpResponse<byte[]> patched =
        registry.send(
            "PATCH", location, BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(blob)));
    progress(patched, 202, location, "0-3066");
    created(registry.send("PUT", location + "?digest=" + digest, new byte[0]), digest);
  }

  @Test
  void chunksOutOfOrderChangeNothing() {
    String location = open();
    HttpResponse<byte[]> early = chunk("PATCH", location, 1024, 2048);
    progress(early, 416, location, "0-0");
    refused(early, 416, "BLOB_UPLOAD_INVALID");
    progress(registry.send("GET", location), 204, location, "0-0");
    progress(chunk("PATCH", location, 0, 1024), 202, location, "0-1023");
    progress(chunk("PATCH", location, 0, 1024), 416, location, "0-1023");
    progress(chunk("PUT", location + "?digest=" + digest, 2048, 3067), 416, location, "0-1023");
    progress(registry.send("GET", location + "?digest=" + digest), 204, location, "0-1023");
    created(chunk("PUT", location + "?digest=" + digest, 1024, 3067), digest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes 0-1023/*", "x", "0", "5-1", "-5", "0-"})
  void malformedRangesSayWhereTheUploadEnds(String range) {
    String location = open();
    byte[] chunk = Arrays.copyOf(blob, 1024);
    HttpResponse<byte[]> answer = registry.send("PATCH", location, chunk, "Content-Range", range);
    boolean docker = range.startsWith("bytes");
    progress(answer, docker ? 202 : 416, location, docker ? "0-1023" : "0-0");
  }

  @Test
  void lengthsMustAgree() {
    String location = open();
    byte[] chunk = Arrays.copyOf(blob, 10);
    HttpResponse<byte[]> shorter =
        registry.send("PATCH", location, chunk, "Content-Range", "0-1023");
    refused(shorter, 400, "SIZE_INVALID");
    refused(
        registry.send("PUT", location + "?digest=" + digest, chunk, "Content-Range", "0-8"),
        400,
        "SIZE_INVALID");
    progress(registry.send("GET", location), 204, location, "0-0");
  }

  @Test
  void emptyChunksAndEmptyBlobsAreTaken() {
    String location = open();
    progress(registry.send("PATCH", location, new byte[0]), 202, location, "0-0");
    String empty = Content.digest(new byte[0]).text();
    HttpResponse<byte[]> put = registry.send("PUT", location + "?digest=" + empty, new byte[0]);
    assertThat(put.statusCode()).isEqualTo(201);
    assertThat(registry.send("HEAD", "/v2/team/app/blobs/" + empty).statusCode()).isEqualTo(200);
  }

  @Test
  void wrongDigestsMakeNoBlob() {
    byte[] longer = Arrays.copyOf(blob, blob.length + 5);
    refused(registry.send("POST", UPLOADS + "?digest=" + digest, longer), 400, "DIGEST_INVALID");
    String location = open();
    refused(registry.send("PUT", location + "?digest=" + digest, longer), 400, "DIGEST_INVALID");
    assertThat(registry.send("HEAD", "/v2/team/app/blobs/" + digest).statusCode()).isEqualTo(404);
    // The session is as it was, so the right bytes can still come.
    created(registry.send("PUT", location + "?digest=" + digest, blob), digest);
  }

  @Test
  void aRepeatedPutIsAnsweredAgain() {
    String location = open();
    created(registry.send("PUT", location + "?digest=" + digest, blob), digest);
    created(registry.send("PUT", location + "?digest=" + digest, blob), digest);
    refused(chunk("PATCH", location, 0, 1024), 404, "BLOB_UPLOAD_UNKNOWN");
  }

  @Test
  void whatIsNoDigestIsRefused() {
    String location = open();
    refused(registry.send("PUT", location, blob), 400, "DIGEST_INVALID");
    refused(registry.send("PUT", location + "?digest=x", blob), 400, "DIGEST_INVALID");
    refused(registry.send("POST", UPLOADS + "?digest=md5:00", blob), 400, "DIGEST_INVALID");
    refused(registry.send("POST", UPLOADS + "?digest=", blob), 400, "DIGEST_INVALID");
    refused(registry.send("POST", UPLOADS + "?digest-algorithm=md5"), 400, "DIGEST_INVALID");
    refused(registry.send("POST", "/v2/No/blobs/uploads/", new byte[0]), 400, "NAME_INVALID");
  }

  @Test
  void cancelledSessionsAreGone() {
    String location = open();
    chunk("PATCH", location, 0, 1024);
    HttpResponse<byte[]> cancelled = registry.send("DELETE", location);
    assertThat(cancelled.statusCode()).isEqualTo(204);
    unknown(location);
    refused(registry.send("DELETE", location), 404, "BLOB_UPLOAD_UNKNOWN");
  }

  @ParameterizedTest
  @ValueSource(strings = {"00000000-0000-0000-0000-000000000000", "..", "a b", "'", "ü"})
  void unknownSessionsAreNotFound(String id) {
    unknown(UPLOADS + id.replace(" ", "%20").replace("ü", "%C3%BC"));
  }

  @Test
  void sessionsBelongToTheirRepository() {
    unknown(open().replace("/team/app/", "/other/"));
  }

  private void unknown(String location) {
    refused(registry.send("GET", location), 404, "BLOB_UPLOAD_UNKNOWN");
    refused(chunk("PATCH", location, 0, 1024), 404, "BLOB_UPLOAD_UNKNOWN");
    refused(registry.send("PUT", location + "?digest=" + digest, blob), 404, "BLOB_UPLOAD_UNKNOWN");
  }
}
