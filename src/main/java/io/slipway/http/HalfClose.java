package io.slipway.http;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import org.jspecify.annotations.Nullable;

/**
 * Lets a client of HTTP/1 that will send nothing more have the answers it has asked for. Netty by
 * itself ends a connection when its client closes one direction.
 */
@Sharable
final class HalfClose extends ChannelInboundHandlerAdapter {
  /** Vert.x's name of its handler; it is removed where HTTP/2 goes on. */
  private static final String DECODER = "httpDecoder";

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (!(event instanceof ChannelInputShutdownEvent)) {
      context.fireUserEventTriggered(event);
      return;
    }
    @Nullable RequestGuard guard = context.pipeline().get(RequestGuard.class);
    boolean http1 = context.pipeline().get(DECODER) != null;
    if (!http1 || guard == null || !guard.answerAndClose()) {
      ChannelFuture ignored = context.close();
    }
  }
}
