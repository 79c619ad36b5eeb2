package io.slipway.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Pushes what a run pulls, before its clock starts and outside of its figures. */
final class Preparation {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final HttpClient client;
  private final String url;
  private final Access access;

  Preparation(HttpClient client, String url, Access access) {
    this.client = client;
    this.url = url;
    this.access = access;
  }

  void push(Image image) {
    for (Blob blob : image.blobs()) {
      push(image, blob);
    }
    URI manifest = URI.create(url + image.tagPath());
    send("PUT", manifest, Image.MANIFEST_TYPE, image.manifest(), 201);
  }

  private void push(Image image, Blob blob) {
    URI uploads = URI.create(url + image.uploadsPath());
    HttpResponse<String> begun = send("POST", uploads, null, null, 202);
    String place = begun.headers().firstValue("Location").orElseThrow();
    URI upload = uploads.resolve(Uploads.named(place, blob));
    send("PUT", upload, "application/octet-stream", blob, 201);
  }

  private HttpResponse<String> send(
      String method, URI address, @Nullable String type, @Nullable Blob body, int expected) {
    BodyPublisher publisher =
        body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body.bytes());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address).timeout(LIMIT).method(method, publisher);
    if (type != null) {
      request.header("Content-Type", type);
    }
    String authorization = access.header();
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    try {
      HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
      if (answer.statusCode() != expected) {
        throw new IllegalStateException(
            "tried to prepare the registry but %s %s: %d %s"
                .formatted(method, address, answer.statusCode(), answer.body()));
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "tried to prepare the registry but %s %s: %s".formatted(method, address, e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
