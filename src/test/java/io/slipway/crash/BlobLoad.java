package io.slipway.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.crash.Content.Blob;
import io.slipway.crash.SharedBlobs.Pushed;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.testing.PushClient;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** What a client does with blobs and uploads. */
final class BlobLoad {
  private final PushClient client;
  private final Promises promises;
  private final SharedBlobs shared;
  private final Random random;

  BlobLoad(PushClient client, Promises promises, SharedBlobs shared, Random random) {
    this.client = client;
    this.promises = promises;
    this.shared = shared;
    this.random = random;
  }

  /** Some blobs are everybody's, so that clients meet at their digests. */
  Blob blob(int most) {
    DigestAlgorithm algorithm =
        random.nextInt(4) == 0 ? DigestAlgorithm.SHA512 : DigestAlgorithm.SHA256;
    if (random.nextInt(4) == 0) {
      int seed = random.nextInt(30);
      return Blob.of(seed, 2 + seed * 700, algorithm);
    }
    return Blob.of(random.nextLong(), 2 + random.nextInt(most), algorithm);
  }

  private String uploads() {
    return "/v2/" + promises.repository() + "/blobs/uploads/";
  }

  Blob pushAtOnce() {
    return pushAtOnce(blob(60_000));
  }

  Blob pushAtOnce(Blob blob) {
    String path = uploads() + "?digest=" + blob.digest().text();
    promises.asks(Change.of(promises.path(blob), blob));
    HttpResponse<byte[]> answer =
        random.nextInt(4) == 0
            ? client.stream("POST", path, blob.bytes())
            : client.send("POST", path, blob.bytes());
    assertThat(answer.statusCode()).as("%s", blob).isEqualTo(201);
    created(blob);
    return blob;
  }

  private void created(Blob blob) {
    promises.answered(true);
    shared.add(promises.repository(), blob);
  }

  void pushInChunks() {
    Blob blob = blob(random.nextInt(30) == 0 ? 4_000_000 : 400_000);
    String algorithm =
        random.nextBoolean() ? "?digest-algorithm=" + blob.digest().algorithm().id() : "";
    HttpResponse<byte[]> opened = client.send("POST", uploads() + algorithm);
    assertThat(opened.statusCode()).isEqualTo(202);
    Upload upload = Upload.begun(PushClient.path(opened), blob);
    promises.upload(upload);
    goOn(upload);
  }

  /** Goes on with an upload that was left, perhaps by an earlier life of the registry. */
  void resume() {
    any().ifPresent(this::goOn);
  }

  private Optional<Upload> any() {
    List<Upload> all = new ArrayList<>(promises.uploads().values());
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
  }

  private void goOn(Upload begun) {
    Upload upload = begun;
    int length = upload.blob().length();
    while (upload.acknowledged() < length && random.nextInt(5) > 0) {
      upload = append(upload);
    }
    // Some are left for later, but not so many that all would be about them.
    if (random.nextInt(6) > 0 || promises.uploads().size() > 20) {
      finish(upload);
    }
  }

  private Upload append(Upload upload) {
    int at = upload.acknowledged();
    int next = Math.min(upload.blob().length(), at + 2 + random.nextInt(150_000));
    byte[] chunk = Arrays.copyOfRange(upload.blob().bytes(), at, next);
    Upload sending = upload.sending(next);
    promises.upload(sending);
    HttpResponse<byte[]> answer =
        switch (random.nextInt(3)) {
          // An upload that has one byte or none says the same of both: only here it is known.
          case 0 -> client.stream("PATCH", upload.session(), chunk);
          case 1 -> client.send("PATCH", upload.session(), chunk);
          default -> client.patch(upload.session(), at, chunk);
        };
    assertThat(answer.statusCode()).as("%s", sending).isEqualTo(202);
    assertThat(PushClient.received(answer)).as("%s", sending).isEqualTo(next);
    Upload done = upload.at(next);
    promises.upload(done);
    return done;
  }

  private void finish(Upload upload) {
    Blob blob = upload.blob();
    byte[] rest = Arrays.copyOfRange(blob.bytes(), upload.acknowledged(), blob.length());
    String path = upload.session() + "?digest=" + blob.digest().text();
    promises.upload(upload.sending(blob.length()));
    promises.asks(Change.of(promises.path(blob), blob).ending(upload.session()));
    HttpResponse<byte[]> answer =
        rest.length > 0 && random.nextInt(4) == 0
            ? client.stream("PUT", path, rest)
            : client.send("PUT", path, rest);
    assertThat(answer.statusCode()).as("%s", upload).isEqualTo(201);
    created(blob);
  }

  void cancel() {
    any()
        .ifPresent(
            upload -> {
              promises.asks(new Change(Map.of(), upload.session()));
              assertThat(client.send("DELETE", upload.session()).statusCode()).isEqualTo(204);
              promises.answered(true);
            });
  }

  void mount() {
    shared.any(random).ifPresent(this::mount);
  }

  private void mount(Pushed pushed) {
    Blob blob = pushed.blob();
    String from = random.nextInt(3) == 0 ? "" : "&from=" + pushed.repository();
    promises.asks(Change.of(promises.path(blob), blob));
    HttpResponse<byte[]> answer =
        client.send("POST", uploads() + "?mount=" + blob.digest().text() + from);
    assertThat(answer.statusCode()).as("%s", pushed).isIn(201, 202);
    promises.answered(answer.statusCode() == 201);
    if (answer.statusCode() == 202) {
      // Its client has deleted it: then it is pushed.
      Upload upload = Upload.begun(PushClient.path(answer), blob);
      promises.upload(upload);
      finish(upload);
    }
  }

  void delete() {
    List<Blob> all =
        promises.present().values().stream()
            .filter(Blob.class::isInstance)
            .map(Blob.class::cast)
            .toList();
    if (all.isEmpty()) {
      return;
    }
    Blob blob = all.get(random.nextInt(all.size()));
    String path = promises.path(blob);
    boolean named = promises.isNamed(blob.digest());
    promises.asks(new Change(Map.of(path, named ? Optional.of(blob) : Optional.empty()), ""));
    assertThat(client.send("DELETE", path).statusCode()).as(path).isEqualTo(named ? 405 : 202);
    promises.answered(!named);
  }

  /** Another client may delete it meanwhile, but never leaves a part of it. */
  void pullOfAnother() {
    shared
        .any(random)
        .ifPresent(
            pushed -> {
              Blob blob = pushed.blob();
              HttpResponse<byte[]> pulled = client.blob(pushed.repository(), blob.digest());
              assertThat(pulled.statusCode()).as("%s", pushed).isIn(200, 404);
              if (pulled.statusCode() == 200) {
                assertThat(pulled.body()).as("%s", pushed).isEqualTo(blob.bytes());
              }
            });
  }
}
