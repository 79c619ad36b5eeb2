package io.slipway.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.timeout.IdleStateEvent;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a connection open on which nothing moves because the registry has not finished its answer,
 * or does not read on for now. To Vert.x such a connection is idle, and it would close it on a
 * client that waits.
 *
 * <p>A client that does not send the rest of its request though it is read, or does not take its
 * answer, stays idle, and so does one that has waited for twenty times the timeout: nothing here
 * takes so long, so its request was lost.
 */
final class IdleGuard extends ChannelInboundHandlerAdapter {
  /** Vert.x's name of the handler that tells what is idle. */
  private static final String IDLE_HANDLER = "idle";

  private static final int MOST_PERIODS = 20;

  private int periods;

  private IdleGuard() {}

  /** Takes its place on a connection whose timeout is set. */
  static void watch(ChannelPipeline pipeline) {
    if (pipeline.get(IDLE_HANDLER) != null) {
      pipeline.addAfter(IDLE_HANDLER, null, new IdleGuard());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    periods = 0;
    context.fireChannelRead(message);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event)
      throws Http2Exception {
    if (event instanceof IdleStateEvent && periods < MOST_PERIODS && owesAnswer(context)) {
      periods++;
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  private static boolean owesAnswer(ChannelHandlerContext context) throws Http2Exception {
    @Nullable Http2ConnectionHandler http2 = context.pipeline().get(Http2ConnectionHandler.class);
    if (http2 != null) {
      return owesAnswer(http2);
    }
    @Nullable RequestGuard requests = context.pipeline().get(RequestGuard.class);
    boolean reads = context.channel().config().isAutoRead();
    return requests != null && requests.owes(reads) && !isSending(context);
  }

  private static boolean isSending(ChannelHandlerContext context) {
    @Nullable ChannelOutboundBuffer unsent = context.channel().unsafe().outboundBuffer();
    return unsent == null || unsent.size() > 0;
  }

  private static boolean owesAnswer(Http2ConnectionHandler http2) throws Http2Exception {
    Http2RemoteFlowController unsent = http2.encoder().flowController();
    @Nullable Http2Stream owed =
        http2
            .connection()
            .forEachActiveStream(
                stream -> !isOurTurn(http2, stream) || unsent.hasFlowControlled(stream));
    return owed != null;
  }

  /** Tells whether a request has come whole, or bytes of it wait here to be taken. */
  private static boolean isOurTurn(Http2ConnectionHandler http2, Http2Stream stream) {
    return switch (stream.state()) {
      case HALF_CLOSED_REMOTE -> true;
      case OPEN -> http2.decoder().flowController().unconsumedBytes(stream) > 0;
      default -> false;
    };
  }
}
