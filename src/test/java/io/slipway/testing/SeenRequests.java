package io.slipway.testing;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a {@link FakeS3} was asked for, how that was signed and encrypted, and what it wrote. */
public final class SeenRequests {
  private final List<String> lines = new ArrayList<>();
  private final Set<String> encryptions = ConcurrentHashMap.newKeySet();
  private final Set<String> credentials = ConcurrentHashMap.newKeySet();
  private final Set<String> bodies = ConcurrentHashMap.newKeySet();
  private final Map<String, Long> written = new ConcurrentHashMap<>();

  /** Takes note of a request; returns its method, key and query, but for what a signature adds. */
  String add(HttpServerRequest request, String key) {
    String query = request.query() == null ? "" : request.query();
    String own =
        Stream.of(query.split("&"))
            .filter(parameter -> !parameter.isEmpty() && !parameter.startsWith("X-Amz-"))
            .collect(Collectors.joining("&"));
    String line = request.method() + " " + key + (own.isEmpty() ? "" : "?" + own);
    synchronized (lines) {
      lines.add(line);
    }
    return line;
  }

  /** Takes note of a request that is allowed; refuses it when it is not signed as it says. */
  void add(HttpServerRequest request, String key, Buffer body) {
    credentials.add(FakeRules.credentials(request));
    FakeRules.requireEncryption(request, encryptions);
    if (request.getHeader("x-amz-copy-source") == null) {
      count(FakeRules.operation(request), key, body);
    }
    if (body.length() > 0) {
      bodies.add(FakeRules.requireHash(request, body));
    }
  }

  /** Adds bytes that a request brought, or that it had the server copy. */
  void count(String operation, String key, Buffer bytes) {
    written.merge(operation + " " + key, (long) bytes.length(), Long::sum);
  }

  /**
   * Returns how many bytes were written by requests like {@code PutObject uploads/…}, that is an
   * operation of S3 and a key, that a pattern is found in. Those of CopyObject and UploadPartCopy
   * are what the server copied, those of others what they brought, carried out or not.
   */
  public long written(String pattern) {
    Pattern wanted = Pattern.compile(pattern);
    return written.entrySet().stream()
        .filter(entry -> wanted.matcher(entry.getKey()).find())
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  int count() {
    synchronized (lines) {
      return lines.size();
    }
  }

  /** Returns how bodies came: "signed" when their hash was right, or what stood in its place. */
  public Set<String> bodies() {
    return Set.copyOf(bodies);
  }

  /** Returns the kinds of request that made objects, each with the encryption it asked for. */
  public Set<String> encryptions() {
    return Set.copyOf(encryptions);
  }

  /** Returns with which access keys requests came, each with its session token if it had one. */
  public Set<String> credentials() {
    return Set.copyOf(credentials);
  }
}
