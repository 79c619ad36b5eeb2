package io.slipway.server;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.function.Consumer;

/** Finds who is to collect garbage: the server that has the stores, or this process. */
public final class GarbageCollecting {
  private GarbageCollecting() {}

  /**
   * Has the server at an address collect; nothing else is touched. Blocks.
   *
   * @param told what goes on when this process is interrupted
   */
  public static GarbageResult at(NamedServer server, GarbageWish wish, Consumer<String> told)
      throws IOException {
    return new RemoteCollection(server, told).run(wish);
  }

  /**
   * Has the server collect that has the data folder of this configuration, or collects itself when
   * there is none, or when the stores are shared by many. A server that refuses, or does not
   * answer, is an error. Blocks.
   *
   * @param told what goes on when this process is interrupted
   * @throws IOException with a sentence for people
   */
  public static GarbageResult of(RegistryConfig config, GarbageWish wish, Consumer<String> told)
      throws IOException {
    try {
      return new LocalCollection(config).run(wish);
    } catch (FolderInUseException e) {
      Optional<URI> server = e.server();
      if (server.isEmpty()) {
        throw e;
      }
      return new RemoteCollection(NamedServer.ofFolder(server.get(), config), told).run(wish);
    }
  }
}
