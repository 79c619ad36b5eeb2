package io.slipway.server;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/** Sends requests to a running registry, as the command line does. Blocks. */
final class RemoteRegistry {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final NamedServer server;
  private final String base;
  private final String errand;
  private final Duration patience;

  /**
   * Prepares to ask a server.
   *
   * @param errand what it is to do, for sentences: {@code tried to have the registry at … but}
   * @param patience how long an answer may take
   */
  RemoteRegistry(NamedServer server, String errand, Duration patience) {
    String text = server.address().toString();
    this.server = server;
    this.base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    this.errand = errand;
    this.patience = patience;
  }

  /**
   * Sends a request.
   *
   * @param json the body; null for none
   * @throws IOException with a sentence for people when it was refused, or nobody answered
   */
  Answer send(String method, String path, @Nullable String json) throws IOException {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(base + path).toURL().openConnection();
      if (server.certificate() != null && connection instanceof HttpsURLConnection secure) {
        HealthProbe.trust(secure, server.certificate());
      }
      connection.setRequestMethod(method);
      connection.setConnectTimeout((int) CONNECT.toMillis());
      connection.setReadTimeout((int) patience.toMillis());
      connection.setInstanceFollowRedirects(false);
      server
          .authorization()
          .ifPresent(header -> connection.setRequestProperty("Authorization", header.reveal()));
      if (json != null) {
        write(connection, json);
      }
      return read(connection);
    } catch (GeneralSecurityException | IllegalArgumentException | ClassCastException e) {
      throw refused(String.valueOf(e.getMessage()));
    } catch (RefusedException e) {
      throw e;
    } catch (IOException e) {
      throw refused(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  private static void write(HttpURLConnection connection, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    connection.setRequestProperty("Content-Type", "application/json");
    connection.setDoOutput(true);
    // A request of known length is not sent twice.
    connection.setFixedLengthStreamingMode(bytes.length);
    try (var out = connection.getOutputStream()) {
      out.write(bytes);
    }
  }

  private Answer read(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    try (InputStream in =
        status < HttpURLConnection.HTTP_BAD_REQUEST
            ? connection.getInputStream()
            : connection.getErrorStream()) {
      byte[] bytes = in == null ? new byte[0] : in.readAllBytes();
      Answer answer =
          new Answer(
              status,
              header(connection, "Location"),
              header(connection, "Link"),
              new String(bytes, StandardCharsets.UTF_8));
      if (status < HttpURLConnection.HTTP_OK || status >= HttpURLConnection.HTTP_MULT_CHOICE) {
        throw refused("it answered " + status + reason(answer.object()));
      }
      return answer;
    } finally {
      connection.disconnect();
    }
  }

  private static String header(HttpURLConnection connection, String name) {
    String value = connection.getHeaderField(name);
    return value == null ? "" : value;
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

  /** Says in a sentence why it was not done. */
  IOException refused(String reason) {
    return new RefusedException(
        "tried to have the registry at " + base + " " + errand + " but " + reason);
  }

  /**
   * An answer that is no refusal. Not a record: a new key may be in it, and a record would show it.
   */
  static final class Answer {
    private final int status;
    private final String location;
    private final String link;
    private final String body;

    Answer(int status, String location, String link, String body) {
      this.status = status;
      this.location = location;
      this.link = link;
      this.body = body;
    }

    int status() {
      return status;
    }

    /** Returns the header of this name; empty text when there is none. */
    String location() {
      return location;
    }

    /** Returns the header of this name; empty text when there is none. */
    String link() {
      return link;
    }

    String body() {
      return body;
    }

    /** Returns the body; an empty object when it is none. */
    JsonObject object() {
      try {
        return new JsonObject(body);
      } catch (DecodeException | ClassCastException e) {
        return new JsonObject();
      }
    }
  }

  /** Says in a sentence what went wrong. */
  private static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }
}
