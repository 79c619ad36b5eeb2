package io.slipway.server;

import io.slipway.runtime.Durations;
import io.slipway.server.GarbageResult.Gone;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/** Has a running registry collect its garbage, as the command line does. */
final class RemoteCollection {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** A server answers within {@code gc.http_wait}, which is an hour at most. */
  private static final Duration READ = Duration.ofMinutes(65);

  private static final long LOOK_MILLIS = 500;
  private static final String RUNS = "/_gc/runs/";

  private final String base;
  private final @Nullable Path certificate;

  /**
   * Prepares to ask a server.
   *
   * @param certificate to be trusted, and no other; null for those the JVM trusts
   */
  RemoteCollection(URI server, @Nullable Path certificate) {
    String text = server.toString();
    this.base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    this.certificate = certificate;
  }

  /**
   * Asks, and waits for the end of the run. Blocks.
   *
   * @throws IOException with a sentence for people when it was refused, or nobody answered
   */
  GarbageResult run(GarbageWish wish) throws IOException {
    String query =
        "?dry_run="
            + !wish.delete()
            + "&verbose="
            + wish.verbose()
            + wish.grace().map(grace -> "&grace=" + Durations.format(grace)).orElse("");
    Answer answer = send("POST", "/_gc" + query);
    return answer.status() == HttpURLConnection.HTTP_ACCEPTED
        ? follow(answer)
        : result(answer.body());
  }

  /** Looks at a run until it has ended. */
  private GarbageResult follow(Answer started) throws IOException {
    // The server's public address may not lead there from this machine.
    String run = started.location().substring(started.location().lastIndexOf('/') + 1);
    while (true) {
      JsonObject state = send("GET", RUNS + run).body();
      switch (state.getString("status", "")) {
        case "running" -> pause();
        case "completed" -> {
          return result(state);
        }
        default -> throw refused("it failed: " + state.getString("error", state.encode()));
      }
    }
  }

  private void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw refused("this command was interrupted; the collection goes on");
    }
  }

  private GarbageResult result(JsonObject body) throws IOException {
    if (!body.containsKey("deletedLayers") || !body.containsKey("reclaimedBytes")) {
      throw refused("what it answered is no result of a collection");
    }
    List<Gone> details = new ArrayList<>();
    JsonArray named = body.getJsonArray("details", new JsonArray());
    for (int i = 0; i < named.size(); i++) {
      JsonObject blob = named.getJsonObject(i);
      details.add(
          new Gone(blob.getString("digest"), blob.getLong("size"), blob.getString("reason")));
    }
    return new GarbageResult(
        body.getLong("deletedLayers"), body.getLong("reclaimedBytes"), details);
  }

  private Answer send(String method, String path) throws IOException {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(base + path).toURL().openConnection();
      if (certificate != null && connection instanceof HttpsURLConnection secure) {
        HealthProbe.trust(secure, certificate);
      }
      connection.setRequestMethod(method);
      connection.setConnectTimeout((int) CONNECT.toMillis());
      connection.setReadTimeout((int) READ.toMillis());
      connection.setInstanceFollowRedirects(false);
      return read(connection);
    } catch (GeneralSecurityException | IllegalArgumentException | ClassCastException e) {
      throw refused(String.valueOf(e.getMessage()));
    } catch (RefusedException e) {
      throw e;
    } catch (IOException e) {
      throw refused(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  private Answer read(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    try (InputStream in =
        status < HttpURLConnection.HTTP_BAD_REQUEST
            ? connection.getInputStream()
            : connection.getErrorStream()) {
      byte[] bytes = in == null ? new byte[0] : in.readAllBytes();
      JsonObject body = json(new String(bytes, StandardCharsets.UTF_8));
      if (status != HttpURLConnection.HTTP_OK && status != HttpURLConnection.HTTP_ACCEPTED) {
        throw refused("it answered " + status + reason(body));
      }
      String location = connection.getHeaderField("Location");
      return new Answer(status, location == null ? "" : location, body);
    } finally {
      connection.disconnect();
    }
  }

  private static JsonObject json(String text) {
    try {
      return new JsonObject(text);
    } catch (DecodeException e) {
      return new JsonObject();
    }
  }

  /** Finds the sentence in problem details, or in the errors of the distribution API. */
  private static String reason(JsonObject body) {
    String detail = body.getString("detail");
    JsonArray errors = body.getJsonArray("errors");
    if (detail == null && errors != null && !errors.isEmpty()) {
      detail = errors.getJsonObject(0).getString("message");
    }
    return detail == null ? "" : ": " + detail;
  }

  private RefusedException refused(String reason) {
    return new RefusedException(
        "tried to have the registry at " + base + " collect its garbage but " + reason);
  }

  /** An answer that is no refusal. */
  private record Answer(int status, String location, JsonObject body) {}

  /** Says in a sentence what went wrong. */
  private static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }
}
