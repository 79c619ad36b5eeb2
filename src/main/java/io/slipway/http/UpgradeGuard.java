package io.slipway.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;

/**
 * Keeps a connection at HTTP/1.1 when its first request asks for another protocol (RFC 9110,
 * section 7.8: a server may ignore Upgrade). HTTP/2 begins with its preface (RFC 9113, section
 * 3.3), or over TLS; the way by a request is deprecated there (section 3.1). Vert.x would change
 * the protocol before the body has come, and writes errors for clients that leave in the middle of
 * it.
 *
 * <p>Sees the first bytes of a connection and then removes itself.
 */
final class UpgradeGuard extends ChannelInboundHandlerAdapter {
  /** Vert.x's name of its handler for upgrades. */
  static final String UPGRADE_HANDLER = "h2c";

  /** As long as the preface of HTTP/2, by which Vert.x decides. */
  private static final int MAX_DECIDING = 24;

  private int seen;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      context.fireChannelRead(message);
      return;
    }
    if (seen == 0) {
      IdleGuard.watch(context.pipeline());
    }
    // Vert.x makes its handlers with the byte that shows which protocol this is, and we must be
    // there before the head is read.
    while (bytes.isReadable() && seen < MAX_DECIDING && !isDecided(context)) {
      seen++;
      context.fireChannelRead(bytes.readRetainedSlice(1));
    }
    if (isDecided(context)) {
      context
          .pipeline()
          .addBefore(UPGRADE_HANDLER, null, new RequestGuard())
          .addBefore(UPGRADE_HANDLER, null, new FirstRequest())
          .remove(this);
    } else if (seen == MAX_DECIDING) {
      context.pipeline().remove(this);
    }
    if (bytes.isReadable()) {
      context.fireChannelRead(bytes);
    } else {
      bytes.release();
    }
  }

  /** Vert.x would write an error for every client that leaves so early. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    ChannelFuture ignored = context.close();
  }

  private static boolean isDecided(ChannelHandlerContext context) {
    return context.pipeline().get(UPGRADE_HANDLER) != null;
  }

  /** Removes the wish from a first request: Vert.x looks at no other. */
  private static final class FirstRequest extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof HttpRequest request) {
        request.headers().remove(HttpHeaderNames.UPGRADE);
        context.pipeline().remove(this);
      }
      context.fireChannelRead(message);
    }
  }

  /** Puts a guard on every connection that a server accepts. */
  @Sharable
  static final class OnAccept extends ChannelInboundHandlerAdapter {
    private final HalfClose halfClose = new HalfClose();

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof Channel connection) {
        connection.pipeline().addFirst(halfClose, new UpgradeGuard());
      }
      context.fireChannelRead(message);
    }
  }
}
