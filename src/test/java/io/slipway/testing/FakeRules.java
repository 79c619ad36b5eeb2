package io.slipway.testing;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.testing.FakeObjects.Refusal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which requests the {@link FakeS3} refuses whatever they are about. */
final class FakeRules {
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");

  private static final Pattern KEY = Pattern.compile("Credential=([A-Za-z0-9]+)");

  private FakeRules() {}

  /** Compares a body with the hash that was signed; returns whether there was one. */
  static String requireHash(HttpServerRequest request, Buffer body) {
    String hash = String.valueOf(request.getHeader("x-amz-content-sha256"));
    if (!hash.matches("[0-9a-f]{64}")) {
      return hash;
    }
    if (!hash.equals(Digest.of(DigestAlgorithm.SHA256, body.getBytes()).hex())) {
      throw new Refusal(400, "XAmzContentSHA256Mismatch");
    }
    return "signed";
  }

  /** Returns the name that S3 has for what a request does; its method if it writes nothing. */
  static String operation(HttpServerRequest request) {
    boolean copy = request.getHeader("x-amz-copy-source") != null;
    boolean multipart = request.params().contains("uploadId");
    if (request.method().name().equals("PUT")) {
      return multipart ? copy ? "UploadPartCopy" : "UploadPart" : copy ? "CopyObject" : "PutObject";
    } else if (request.method().name().equals("POST")) {
      return request.params().contains("delete")
          ? "DeleteObjects"
          : multipart ? "CompleteMultipartUpload" : "CreateMultipartUpload";
    }
    return request.method().name();
  }

  /** Keeps what encryption is asked for where an object is made, and refuses it elsewhere. */
  static void requireEncryption(HttpServerRequest request, Set<String> seen) {
    String asked = String.valueOf(request.getHeader("x-amz-server-side-encryption"));
    String key = request.getHeader("x-amz-server-side-encryption-aws-kms-key-id");
    String operation = operation(request);
    if (List.of("CreateMultipartUpload", "CopyObject", "PutObject").contains(operation)) {
      seen.add(operation + " " + asked + (key == null ? "" : " " + key));
    } else if (!asked.equals("null") || key != null) {
      throw new Refusal(400, "InvalidArgument");
    }
  }

  /** Returns the access key of a signature, and after it the session token if there is one. */
  static String credentials(HttpServerRequest request) {
    Matcher key = KEY.matcher(request.uri() + " " + request.getHeader("Authorization"));
    String token = request.getHeader("x-amz-security-token");
    if (token == null) {
      token = request.getParam("X-Amz-Security-Token");
    }
    return (key.find() ? key.group(1) : "") + (token == null ? "" : " " + token);
  }

  /** Returns what time it is there. */
  static String date(Duration clock) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(
        Instant.now().plus(clock).atOffset(ZoneOffset.UTC));
  }

  static void requireAllowed(HttpServerRequest request, String path, Duration clock) {
    if (!path.equals("/" + FakeS3.BUCKET) && !path.startsWith("/" + FakeS3.BUCKET + "/")) {
      throw new Refusal(404, "NoSuchBucket");
    }
    boolean reads = List.of("GET", "HEAD").contains(request.method().name());
    boolean condition =
        request.getHeader("If-Match") != null || request.getHeader("If-None-Match") != null;
    if ((condition && !reads)
        || request.getHeader("x-amz-trailer") != null
        || String.valueOf(request.getHeader("Content-Encoding")).contains("aws-chunked")) {
      throw new Refusal(501, "NotImplemented");
    }
    String expires = request.getParam("X-Amz-Expires");
    if (expires == null && request.getHeader("Authorization") == null) {
      throw new Refusal(403, "AccessDenied");
    }
    if (expires != null) {
      Instant signed =
          LocalDateTime.parse(request.getParam("X-Amz-Date"), DATE).toInstant(ZoneOffset.UTC);
      if (signed.plusSeconds(Long.parseLong(expires)).isBefore(Instant.now().plus(clock))) {
        throw new Refusal(403, "AccessDenied");
      }
    }
  }

  static void requireVersion(HttpServerRequest request, String tag) {
    String wanted = request.getHeader("If-Match");
    if (wanted != null && !wanted.equals(tag)) {
      throw new Refusal(412, "PreconditionFailed");
    }
  }
}
