package io.slipway.crash;

import io.slipway.testing.ChildRegistry;
import io.slipway.testing.PushClient;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.function.Function;

/** A registry from its start to its death. Thread-safe. */
final class Life {
  private final ChildRegistry registry;
  private final PushClient client;
  private volatile boolean ending;

  Life(ChildRegistry registry) {
    this.registry = registry;
    this.client = registry.client();
  }

  ChildRegistry registry() {
    return registry;
  }

  /** Connections may break from now on. */
  void ends() {
    ending = true;
  }

  /**
   * Asks the registry.
   *
   * @throws LostAnswerException when it is killed meanwhile, or says that it is away
   */
  HttpResponse<byte[]> ask(Function<PushClient, HttpResponse<byte[]>> request) {
    HttpResponse<byte[]> answer = unlessKilled(request);
    if (answer.statusCode() == 503) {
      throw new LostAnswerException("unavailable");
    }
    return answer;
  }

  /** Does something with the registry; throws {@link LostAnswerException} when it is killed. */
  <T> T unlessKilled(Function<PushClient, T> work) {
    try {
      return work.apply(client);
    } catch (UncheckedIOException e) {
      if (ending) {
        throw new LostAnswerException("killed");
      }
      throw e;
    }
  }

  HttpResponse<byte[]> send(String method, String path) {
    return ask(client -> client.send(method, path));
  }

  HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers) {
    return ask(client -> client.send(method, path, body, headers));
  }
}
