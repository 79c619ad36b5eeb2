package io.slipway.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.crash.Content.Blob;
import io.slipway.testing.PushClient;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Sees to it that blobs are in a repository, in all ways that clients do; others delete them. */
final class SharedLoad {
  private final MortalRegistry registry;
  private final Roots roots;
  private final List<Roots> others;
  private final Figures figures;
  private final Random random;

  SharedLoad(
      MortalRegistry registry, Roots roots, List<Roots> others, Figures figures, Random random) {
    this.registry = registry;
    this.roots = roots;
    this.others = others;
    this.figures = figures;
    this.random = random;
  }

  private HttpResponse<byte[]> send(String method, String path, byte[] body) {
    return registry.life().send(method, path, body);
  }

  private String uploads() {
    return "/v2/" + roots.repository() + "/blobs/uploads/";
  }

  /** Has a blob in the repository when it returns, unless it was collected meanwhile. */
  void ensure(Blob blob) {
    switch (random.nextInt(12)) {
      case 0, 1, 2, 3, 4 -> pushUnlessThere(blob);
      case 5, 6 -> mount(blob);
      case 7, 8 -> figures.count("blobs believed to be there");
      // As long as an upload is open nothing of its repository is collected.
      case 9 -> pushInChunks(blob);
      default -> pushAtOnce(blob);
    }
  }

  private void pushUnlessThere(Blob blob) {
    int status = send("HEAD", roots.path(blob), new byte[0]).statusCode();
    assertThat(status).as("HEAD").isIn(200, 404);
    if (status == 200) {
      figures.count("blobs skipped after HEAD");
    } else {
      pushAtOnce(blob);
    }
  }

  void pushAtOnce(Blob blob) {
    String path = uploads() + "?digest=" + blob.digest().text();
    while (true) {
      HttpResponse<byte[]> answer =
          random.nextInt(4) == 0
              ? registry.life().ask(client -> client.stream("POST", path, blob.bytes()))
              : send("POST", path, blob.bytes());
      if (isDone(answer, 201)) {
        figures.count("blobs pushed at once");
        return;
      }
    }
  }

  /** A session that nobody went on with for a moment is closed, and its client begins again. */
  private boolean isDone(HttpResponse<byte[]> answer, int expected) {
    assertThat(answer.statusCode()).as("%s", answer).isIn(expected, 404);
    if (answer.statusCode() == 404) {
      figures.count("uploads closed under their clients");
    }
    return answer.statusCode() == expected;
  }

  private void pushInChunks(Blob blob) {
    String algorithm = "?digest-algorithm=" + blob.digest().algorithm().id();
    HttpResponse<byte[]> opened = send("POST", uploads() + algorithm, new byte[0]);
    assertThat(opened.statusCode()).isEqualTo(202);
    int middle = 1 + random.nextInt(blob.length() - 1);
    byte[] first = Arrays.copyOf(blob.bytes(), middle);
    if (isDone(send("PATCH", PushClient.path(opened), first), 202)) {
      finish(PushClient.path(opened), blob, middle);
    } else {
      pushAtOnce(blob);
    }
  }

  private void finish(String session, Blob blob, int at) {
    byte[] rest = Arrays.copyOfRange(blob.bytes(), at, blob.length());
    if (isDone(send("PUT", session + "?digest=" + blob.digest().text(), rest), 201)) {
      figures.count("blobs pushed in chunks");
    } else {
      pushAtOnce(blob);
    }
  }

  private void mount(Blob blob) {
    String from = others.get(random.nextInt(others.size())).repository();
    String query = "?mount=" + blob.digest().text() + "&from=" + from;
    HttpResponse<byte[]> answer = send("POST", uploads() + query, new byte[0]);
    assertThat(answer.statusCode()).as("mount").isIn(201, 202);
    if (answer.statusCode() == 201) {
      figures.count("blobs mounted");
    } else {
      finish(PushClient.path(answer), blob, 0);
    }
  }

  /** Begins an upload and leaves it, or says that it does. */
  void leave(Blob blob, boolean silently) {
    HttpResponse<byte[]> opened = send("POST", uploads(), new byte[0]);
    String session = PushClient.path(opened);
    boolean begun = isDone(send("PATCH", session, blob.bytes()), 202);
    if (begun && !silently && isDone(send("DELETE", session, new byte[0]), 204)) {
      figures.count("uploads cancelled");
    } else {
      figures.count("uploads left");
    }
  }

  /** What a root needs cannot be deleted; what a dead manifest names, only when that is gone. */
  void delete(Blob blob) {
    boolean needed = roots.isNeeded(blob);
    int status = send("DELETE", roots.path(blob), new byte[0]).statusCode();
    if (needed) {
      assertThat(status).as("DELETE of a blob that is needed").isEqualTo(405);
    } else {
      assertThat(status).as("DELETE of a blob").isIn(202, 404, 405);
    }
    figures.count(status == 202 ? "blobs deleted" : "blobs not deleted");
  }
}
