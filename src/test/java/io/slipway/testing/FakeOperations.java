package io.slipway.testing;

import io.slipway.testing.FakeObjects.Refusal;
import io.slipway.testing.FakeObjects.Stored;
import io.slipway.testing.S3Fault.Kind;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What the {@link FakeS3} does about requests that its rules allow. */
record FakeOperations(
    Vertx vertx,
    FakeObjects kept,
    FakeDeletions deletions,
    SeenRequests seen,
    AtomicLong sent,
    AtomicInteger sending) {
  private static Map<String, String> parameters(HttpServerRequest request) {
    Map<String, String> all = new TreeMap<>();
    request.params().forEach(entry -> all.put(entry.getKey(), entry.getValue()));
    return all;
  }

  /** Carries out a request that is allowed; refuses it otherwise. */
  void handle(HttpServerRequest request, String key, Buffer body, @Nullable S3Fault fault) {
    Map<String, String> query = parameters(request);
    boolean multipart = query.containsKey("uploadId");
    String answer =
        switch (request.method().name()) {
          case "PUT" -> multipart ? part(request, key, query, body) : put(request, key, body);
          case "POST" ->
              query.containsKey("delete")
                  ? deletions.answer(request, body)
                  : multipart ? complete(key, query, body) : create(key);
          case "DELETE" -> {
            if (multipart) {
              kept.abort(key, String.valueOf(query.get("uploadId")));
            } else {
              kept.objects.remove(key);
            }
            request.response().setStatusCode(204);
            yield "";
          }
          case "GET" -> key.isEmpty() ? new FakeListing(kept).answer(query) : null;
          default -> null;
        };
    if (fault != null && fault.kind() == Kind.LOSE_ANSWER) {
      request.connection().close();
    } else if (answer != null) {
      request.response().putHeader("Content-Type", "application/xml").end(answer);
    } else if (key.isEmpty()) {
      request.response().end();
    } else {
      send(request, kept.find(key), fault);
    }
  }

  private String put(HttpServerRequest request, String key, Buffer body) {
    Buffer source = kept.source(request);
    kept.put(key, source == null ? body : source);
    if (source != null) {
      kept.copied.incrementAndGet();
      seen.count(FakeRules.operation(request), key, source);
    }
    request.response().putHeader("ETag", "\"whole\"");
    return source == null ? "" : "<CopyObjectResult><ETag>\"copy\"</ETag></CopyObjectResult>";
  }

  private String part(
      HttpServerRequest request, String key, Map<String, String> query, Buffer body) {
    Buffer source = kept.source(request);
    int number = Integer.parseInt(String.valueOf(query.get("partNumber")));
    String tag =
        kept.part(
            key, String.valueOf(query.get("uploadId")), number, source == null ? body : source);
    if (source != null) {
      seen.count(FakeRules.operation(request), key, source);
    }
    request.response().putHeader("ETag", tag);
    return source == null ? "" : "<CopyPartResult><ETag>" + tag + "</ETag></CopyPartResult>";
  }

  private String create(String key) {
    return "<InitiateMultipartUploadResult><UploadId>"
        + kept.create(key)
        + "</UploadId></InitiateMultipartUploadResult>";
  }

  private String complete(String key, Map<String, String> query, Buffer body) {
    kept.complete(key, String.valueOf(query.get("uploadId")), body.toString());
    return "<CompleteMultipartUploadResult><ETag>\"m\"</ETag></CompleteMultipartUploadResult>";
  }

  private void send(HttpServerRequest request, Stored stored, @Nullable S3Fault fault) {
    HttpServerResponse response = request.response();
    Buffer bytes = stored.bytes();
    FakeRules.requireVersion(request, stored.tag());
    response.putHeader("ETag", stored.tag());
    String range = request.getHeader("Range");
    Buffer part = bytes;
    if (range != null) {
      String[] ends = range.substring("bytes=".length()).split("-", -1);
      int first = Integer.parseInt(ends[0]);
      int last = Math.min(Integer.parseInt(ends[1]), bytes.length() - 1);
      if (first > last) {
        throw new Refusal(416, "InvalidRange");
      }
      part = bytes.slice(first, last + 1);
      response
          .setStatusCode(206)
          .putHeader("Content-Range", "bytes " + first + "-" + last + "/" + bytes.length());
    }
    response.putHeader("Content-Length", Integer.toString(part.length()));
    if (request.method().name().equals("HEAD")) {
      response.end();
      return;
    }
    new FakeBody(vertx, request, fault, sent, sending).send(part);
  }
}
