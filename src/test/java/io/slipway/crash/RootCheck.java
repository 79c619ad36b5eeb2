package io.slipway.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.crash.Content.Blob;
import io.slipway.crash.Roots.Root;
import io.slipway.testing.TestProfile;
import io.vertx.core.json.JsonObject;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/** Pulls a root completely, and what refers to it, and compares all bytes. */
final class RootCheck {
  private final Roots roots;
  private final Figures figures;

  RootCheck(Roots roots, Figures figures) {
    this.roots = roots;
    this.figures = figures;
  }

  /** Something is not there, which is right if nothing holds it any more. */
  private static final class MissingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MissingException(String message) {
      super(message);
    }
  }

  /** Pulls; what its writer changes meanwhile need not be there, but is never wrong. */
  void pull(Life life, Root root) {
    BooleanSupplier held = () -> roots.isHeld(root);
    unless(held, () -> pullTag(life, root));
    for (Tree referrer : root.referrers()) {
      unless(
          () -> held.getAsBoolean() && root.referrers().contains(referrer),
          () -> pullReferrer(life, referrer));
    }
    figures.count("complete pulls");
  }

  private void unless(BooleanSupplier held, Runnable pull) {
    try {
      pull.run();
    } catch (MissingException e) {
      if (held.getAsBoolean()) {
        throw new AssertionError("lost of " + roots.repository() + ": " + e.getMessage(), e);
      }
      figures.count("pulls overtaken");
    } catch (UncheckedIOException e) {
      // The bytes of what is deleted go under its readers in a bucket only, where nothing is open.
      if (held.getAsBoolean() || !TestProfile.isCluster()) {
        throw e;
      }
      figures.count("pulls broken off");
    }
  }

  private void pullTag(Life life, Root root) {
    String path = roots.tagPath(root.tag());
    HttpResponse<byte[]> pulled = life.send("GET", path);
    assertThat(pulled.statusCode()).as(path).isIn(200, 404);
    if (pulled.statusCode() == 404 || !same(pulled.body(), root.tree().manifest().bytes())) {
      throw new MissingException(path + " is " + new String(pulled.body(), UTF_8));
    }
    pull(life, root.tree());
  }

  private static boolean same(byte[] one, byte[] other) {
    return Arrays.equals(one, other);
  }

  private void pullReferrer(Life life, Tree referrer) {
    String path = "/v2/" + roots.repository() + "/referrers/" + referrer.subject().orElseThrow();
    HttpResponse<byte[]> listed = life.send("GET", path);
    assertThat(listed.statusCode()).as(path).isEqualTo(200);
    boolean there =
        new JsonObject(new String(listed.body(), UTF_8))
            .getJsonArray("manifests").stream()
                .anyMatch(
                    one -> ((JsonObject) one).getString("digest").equals(referrer.digest().text()));
    if (!there) {
      throw new MissingException(referrer.digest() + " in " + path);
    }
    pull(life, referrer);
  }

  private void pull(Life life, Tree tree) {
    pull(life, roots.path(tree), tree.manifest());
    tree.children().forEach(child -> pull(life, child));
    for (Blob blob : tree.blobs()) {
      pull(life, roots.path(blob), blob);
    }
  }

  private static void pull(Life life, String path, Content content) {
    HttpResponse<byte[]> pulled = life.send("GET", path);
    assertThat(pulled.statusCode()).as(path).isIn(200, 404);
    if (pulled.statusCode() == 404) {
      throw new MissingException(path);
    }
    assertThat(same(pulled.body(), content.bytes())).as("bytes of %s", path).isTrue();
  }
}
