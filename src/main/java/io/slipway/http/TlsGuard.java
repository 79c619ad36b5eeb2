package io.slipway.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

/**
 * Puts a {@link RequestGuard} on a connection with TLS when its handshake chose HTTP/1. Vert.x
 * makes its handlers in the very event that tells of the handshake, before a request can be read.
 */
final class TlsGuard extends ChannelInboundHandlerAdapter {
  /** Vert.x's names of its handlers. */
  private static final String TLS_HANDLER = "ssl";

  private static final String ENCODER = "httpEncoder";

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    context.fireUserEventTriggered(event);
    if (event instanceof SslHandshakeCompletionEvent) {
      if (context.pipeline().get(ENCODER) != null) {
        context.pipeline().addAfter(ENCODER, null, new RequestGuard());
      }
      IdleGuard.watch(context.pipeline());
      context.pipeline().remove(this);
    }
  }

  /** Waits for the first bytes of a connection: only then is the handler of TLS there. */
  private static final class FirstBytes extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (context.pipeline().get(TLS_HANDLER) != null) {
        context.pipeline().addAfter(TLS_HANDLER, null, new TlsGuard());
        context.pipeline().remove(this);
      }
      context.fireChannelRead(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      ChannelFuture ignored = context.close();
    }
  }

  /** Guards every connection that a server accepts. */
  @Sharable
  static final class OnAccept extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof Channel connection) {
        connection.pipeline().addFirst(new FirstBytes());
      }
      context.fireChannelRead(message);
    }
  }
}
