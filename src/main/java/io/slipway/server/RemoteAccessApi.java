package io.slipway.server;

import io.slipway.server.RemoteRegistry.Answer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks a running registry about the access rules. */
final class RemoteAccessApi implements AccessApi {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String LIST = "/api/v1/";

  private final RemoteRegistry registry;

  RemoteAccessApi(NamedServer server) {
    this.registry = new RemoteRegistry(server, "say or change who may do what", PATIENCE);
  }

  @Override
  public Said ask(String method, String target, @Nullable JsonObject body) throws IOException {
    Answer answer = registry.send(method, target, body == null ? null : body.encode());
    return new Said(answer.body(), next(answer.link()));
  }

  /** Without what a proxy has in front of the path: this request came by another way. */
  private static Optional<String> next(String link) {
    int begin = link.indexOf(LIST);
    int end = link.indexOf('>');
    return begin < 0 || end < begin ? Optional.empty() : Optional.of(link.substring(begin, end));
  }

  @Override
  public void close() {}
}
