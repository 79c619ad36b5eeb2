package io.slipway.server;

import io.slipway.http.ServerTransport;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.internal.VertxBootstrap;
import java.util.List;

/** Makes what everything here runs on. */
final class ServerVertx {
  private ServerVertx() {}

  /** Makes one that knows of no other node. */
  static Vertx alone() {
    return bootstrap().init().vertx();
  }

  /** Returns what makes one. */
  static VertxBootstrap bootstrap() {
    VertxOptions options =
        new VertxOptions()
            .setEventLoopPoolSize(Runtime.getRuntime().availableProcessors())
            // Files are sent from where they are: nothing is looked for on the class path.
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setClassPathResolvingEnabled(false)
                    .setFileCachingEnabled(false));
    return VertxBootstrap.create()
        .options(options)
        // Those on the class path would be made to look what they are: Hazelcast, for everybody.
        .serviceProviders(List.of())
        .transport(new ServerTransport().implementation());
  }
}
