package io.slipway.runtime;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Stops reading connections of HTTP/1.1, at the socket.
 *
 * <p>A stream of Vert.x that is paused takes up to 39 more chunks before its connection is read no
 * more: with chunks of 64 KiB that is more than all of ours holds for it.
 */
public final class SocketReading {
  private SocketReading() {}

  /**
   * Stops or goes on; what was read already comes all the same. On the connection's event loop. Who
   * stops it must let it go on before the connection carries another message.
   */
  public static void set(HttpConnection connection, boolean reads) {
    ((ConnectionBase) connection).channelHandlerContext().channel().config().setAutoRead(reads);
  }
}
