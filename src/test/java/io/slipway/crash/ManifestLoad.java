package io.slipway.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.crash.Content.Manifest;
import io.slipway.testing.PushClient;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** What a client does with manifests and tags. */
final class ManifestLoad {
  private static final int TAGS = 6;

  private final PushClient client;
  private final Promises promises;
  private final BlobLoad blobs;
  private final Random random;

  ManifestLoad(PushClient client, Promises promises, BlobLoad blobs, Random random) {
    this.client = client;
    this.promises = promises;
    this.blobs = blobs;
    this.random = random;
  }

  private Optional<Manifest> any() {
    List<Manifest> all = promises.manifests().toList();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
  }

  void pushImage() {
    // What is pushed again is pushed although it is there.
    Content.Blob config = blobs.pushAtOnce(blobs.blob(500));
    Content.Blob layer = blobs.pushAtOnce(blobs.blob(20_000));
    String subject = random.nextInt(3) == 0 ? any().map(one -> one.digest().text()).orElse("") : "";
    push(Manifest.image(config, List.of(layer), subject));
  }

  void pushIndex() {
    any()
        .filter(child -> child.children().isEmpty())
        .ifPresent(child -> push(Manifest.index(List.of(child), random.nextLong())));
  }

  /** Lets tags name a manifest that is there. */
  void retag() {
    any().ifPresent(this::push);
  }

  /** Pushes by a tag, by digest, or by digest with some tags, which come all or none. */
  private void push(Manifest manifest) {
    Map<String, Optional<Content>> contents = new HashMap<>();
    contents.put(promises.path(manifest), Optional.of(manifest));
    String reference = manifest.digest().text();
    StringBuilder query = new StringBuilder();
    switch (random.nextInt(4)) {
      case 0 -> {}
      case 1 -> {
        for (int i = 0; i < 3; i++) {
          String tag = tag();
          query.append(i == 0 ? "?tag=" : "&tag=").append(tag);
          contents.put(promises.tagPath(tag), Optional.of(manifest));
        }
      }
      default -> {
        reference = tag();
        contents.put(promises.tagPath(reference), Optional.of(manifest));
      }
    }
    promises.asks(new Change(contents, ""));
    HttpResponse<byte[]> answer =
        client.send(
            "PUT",
            promises.tagPath(reference) + query,
            manifest.bytes(),
            "Content-Type",
            manifest.type());
    assertThat(answer.statusCode()).as("%s", manifest).isEqualTo(201);
    promises.answered(true);
  }

  private String tag() {
    return "tag" + random.nextInt(TAGS);
  }

  void deleteTag() {
    String path = promises.tagPath(tag());
    boolean there = promises.present().containsKey(path);
    promises.asks(new Change(Map.of(path, Optional.empty()), ""));
    assertThat(client.send("DELETE", path).statusCode()).as(path).isEqualTo(there ? 202 : 404);
    promises.answered(there);
  }

  /** Deletes a manifest with its tags, unless an index names it. */
  void delete() {
    any().ifPresent(this::delete);
  }

  private void delete(Manifest manifest) {
    boolean named = promises.isNamed(manifest.digest());
    Map<String, Optional<Content>> contents = new HashMap<>();
    if (!named) {
      promises
          .present()
          .forEach(
              (path, content) -> {
                if (content.equals(manifest)) {
                  contents.put(path, Optional.empty());
                }
              });
    }
    promises.asks(new Change(contents, ""));
    String path = promises.path(manifest);
    assertThat(client.send("DELETE", path).statusCode()).as(path).isEqualTo(named ? 405 : 202);
    promises.answered(!named);
  }
}
