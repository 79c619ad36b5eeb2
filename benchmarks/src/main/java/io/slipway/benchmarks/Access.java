package io.slipway.benchmarks;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the requests of a run carry to be let in: nothing, a name and a password, or a bearer
 * token that is replaced when half of its time is over. Threads may share it.
 */
final class Access implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Pattern REALM = Pattern.compile("realm=\"([^\"]+)\"");
  private static final Pattern SERVICE = Pattern.compile("service=\"([^\"]+)\"");
  private static final Pattern TOKEN =
      Pattern.compile("\"(?:access_)?token\"\\s*:\\s*\"([^\"]+)\"");
  private static final Pattern SECONDS = Pattern.compile("\"expires_in\"\\s*:\\s*(\\d+)");

  /** What the token specification says where a server names no time. */
  private static final long DEFAULT_SECONDS = 60;

  private final HttpClient client;
  private final String url;
  private final @Nullable String basic;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  private volatile @Nullable String header;
  private volatile @Nullable URI tokens;

  Access(HttpClient client, Settings settings) {
    this.client = client;
    this.url = settings.url();
    this.basic = settings.basic();
  }

  /** Asks the registry how it lets clients in, and gets a token for all repositories of the run. */
  void open(Collection<String> repositories) {
    if (basic == null) {
      return;
    }
    HttpResponse<String> answer = get(URI.create(url + "/v2/"), null);
    String challenge = answer.headers().firstValue("WWW-Authenticate").orElse("");
    Matcher realm = REALM.matcher(challenge);
    if (!challenge.startsWith("Bearer") || !realm.find()) {
      header = basic;
      return;
    }
    tokens = URI.create(realm.group(1) + "?" + query(challenge, repositories));
    renew();
  }

  /** Returns the value of Authorization, or null where the run has neither name nor password. */
  @Nullable String header() {
    return header;
  }

  /** Returns the name and password as a header, where the registry gives tokens for them. */
  @Nullable String basic() {
    return basic;
  }

  /** Returns where tokens come from; null where the registry gives none. */
  @Nullable URI tokens() {
    return tokens;
  }

  private void renew() {
    URI from = tokens;
    if (from == null) {
      return;
    }
    String answer = get(from, basic).body();
    Matcher token = TOKEN.matcher(answer);
    if (!token.find()) {
      throw new IllegalStateException("tried to get a token of " + from + " but there is none");
    }
    header = "Bearer " + token.group(1);
    Matcher seconds = SECONDS.matcher(answer);
    long life = seconds.find() ? Long.parseLong(seconds.group(1)) : DEFAULT_SECONDS;
    var _ = clock.schedule(this::renew, Math.max(1, life / 2), TimeUnit.SECONDS);
  }

  private static String query(String challenge, Collection<String> repositories) {
    Matcher service = SERVICE.matcher(challenge);
    String scopes =
        repositories.stream()
            .map(repository -> "scope=" + encoded("repository:" + repository + ":pull,push"))
            .collect(joining("&"));
    return service.find() ? scopes + "&service=" + encoded(service.group(1)) : scopes;
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private HttpResponse<String> get(URI address, @Nullable String authorization) {
    HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(LIMIT);
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException("tried to GET " + address + " but " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
