package io.slipway.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.crash.Content.Manifest;
import io.slipway.oci.Digest;
import io.slipway.testing.PushClient;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a registry promised the one client that writes to a repository: of every path what it
 * answers with. Only the request that was under way when the registry died may have been carried
 * out or not. Belongs to one thread at a time.
 */
final class Promises {
  private static final int SAMPLE = 25;

  private final String repository;
  private final Map<String, Content> present = new LinkedHashMap<>();
  private final Set<String> absent = new HashSet<>();
  private final Map<String, Upload> uploads = new LinkedHashMap<>();
  private final Set<String> changed = new HashSet<>();
  private @Nullable Change asked;
  private long checked;

  Promises(String repository) {
    this.repository = repository;
  }

  String repository() {
    return repository;
  }

  String path(Content content) {
    String kind = content instanceof Manifest ? "manifests" : "blobs";
    return "/v2/" + repository + "/" + kind + "/" + content.digest().text();
  }

  String tagPath(String tag) {
    return "/v2/" + repository + "/manifests/" + tag;
  }

  Map<String, Content> present() {
    return present;
  }

  Map<String, Upload> uploads() {
    return uploads;
  }

  long checked() {
    return checked;
  }

  /** Returns the manifests that are there by digest. */
  Stream<Manifest> manifests() {
    return present.entrySet().stream()
        .filter(entry -> entry.getKey().contains("/manifests/sha256:"))
        .map(entry -> (Manifest) entry.getValue());
  }

  /** Tells whether a manifest that is there names a blob or a manifest. */
  boolean isNamed(Digest digest) {
    return manifests()
        .anyMatch(one -> one.blobs().contains(digest) || one.children().contains(digest));
  }

  /** A request is about to be sent. */
  void asks(Change change) {
    asked = change;
  }

  /** The answer came: it was carried out, or refused. */
  void answered(boolean carriedOut) {
    Change change = Objects.requireNonNull(asked);
    asked = null;
    if (carriedOut) {
      change.contents().forEach(this::put);
      if (!change.session().isEmpty()) {
        uploads.remove(change.session());
        absent.add(change.session());
        changed.add(change.session());
      }
    }
  }

  private void put(String path, Optional<Content> content) {
    changed.add(path);
    if (content.isPresent()) {
      present.put(path, content.get());
      absent.remove(path);
    } else {
      present.remove(path);
      absent.add(path);
    }
  }

  void upload(Upload upload) {
    uploads.put(upload.session(), upload);
  }

  /** Every upload has ended because nobody went on with it. */
  void uploadsExpired() {
    changed.addAll(uploads.keySet());
    absent.addAll(uploads.keySet());
    uploads.clear();
  }

  /**
   * Checks everything that changed since the last time and some of the rest, the listings and every
   * upload; settles what the request under way came to.
   */
  void check(PushClient client, Random random) {
    settle(client);
    List<String> paths = new ArrayList<>(present.keySet());
    paths.addAll(absent);
    for (int i = 0; i < Math.min(SAMPLE, paths.size()); i++) {
      changed.add(paths.get(random.nextInt(paths.size())));
    }
    check(client, changed);
  }

  /** Checks everything. */
  void checkAll(PushClient client) {
    settle(client);
    Set<String> all = new HashSet<>(present.keySet());
    all.addAll(absent);
    check(client, all);
  }

  private void check(PushClient client, Set<String> paths) {
    checked += paths.size() + uploads.size();
    paths.forEach(path -> check(client, path));
    changed.clear();
    uploads.values().forEach(upload -> uploads.replace(upload.session(), found(client, upload)));
    Listings.check(client, this);
  }

  private void check(PushClient client, String path) {
    HttpResponse<byte[]> pulled = client.send("GET", path);
    Content content = present.get(path);
    assertThat(pulled.statusCode()).as(path).isEqualTo(content == null ? 404 : 200);
    if (content != null) {
      assertThat(pulled.body()).as(path).isEqualTo(content.bytes());
    }
  }

  /** Finds out what a request came to whose answer was lost, by each of its effects. */
  private void settle(PushClient client) {
    Change change = asked;
    if (change == null) {
      return;
    }
    Set<Boolean> carriedOut = new HashSet<>();
    change
        .contents()
        .forEach((path, after) -> outcome(client, path, after).ifPresent(carriedOut::add));
    if (!change.session().isEmpty()) {
      carriedOut.add(client.send("GET", change.session()).statusCode() == 404);
    }
    assertThat(carriedOut).as("all or nothing of %s", change).hasSizeLessThanOrEqualTo(1);
    answered(carriedOut.contains(true));
  }

  /** Tells whether a path changed; empty when it would answer the same. */
  private Optional<Boolean> outcome(PushClient client, String path, Optional<Content> after) {
    Optional<Content> before = Optional.ofNullable(present.get(path));
    Optional<Digest> old = before.map(Content::digest);
    if (old.equals(after.map(Content::digest))) {
      return Optional.empty();
    }
    HttpResponse<byte[]> pulled = client.send("GET", path);
    assertThat(pulled.statusCode()).as(path).isIn(200, 404);
    Optional<Content> now =
        Stream.of(before, after)
            .flatMap(Optional::stream)
            .filter(content -> pulled.statusCode() == 200)
            .filter(
                content ->
                    Digest.of(content.digest().algorithm(), pulled.body()).equals(content.digest()))
            .findFirst();
    assertThat(now.isPresent())
        .as("%s is what it was or was to be", path)
        .isEqualTo(pulled.statusCode() == 200);
    return Optional.of(now.map(Content::digest).equals(after.map(Content::digest)));
  }

  /** Returns an upload as far as the registry says it is: all that was acknowledged, or more. */
  private static Upload found(PushClient client, Upload upload) {
    HttpResponse<byte[]> status = client.send("GET", upload.session());
    assertThat(status.statusCode()).as("%s", upload).isEqualTo(204);
    int received = Math.toIntExact(PushClient.received(status));
    if (received == 1 && upload.acknowledged() == 0) {
      // None and one are told alike.
      return upload;
    }
    assertThat(received).as("%s", upload).isBetween(upload.acknowledged(), upload.sent());
    return upload.at(received);
  }
}
