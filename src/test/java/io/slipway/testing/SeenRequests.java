package io.slipway.testing;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a {@link FakeS3} was asked for, and how that was signed and encrypted. */
public final class SeenRequests {
  private final List<String> lines = new ArrayList<>();
  private final Set<String> encryptions = ConcurrentHashMap.newKeySet();
  private final Set<String> credentials = ConcurrentHashMap.newKeySet();
  private final Set<String> bodies = ConcurrentHashMap.newKeySet();

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
  void add(HttpServerRequest request, Buffer body) {
    credentials.add(FakeRules.credentials(request));
    FakeRules.requireEncryption(request, encryptions);
    if (body.length() > 0) {
      bodies.add(FakeRules.requireHash(request, body));
    }
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
