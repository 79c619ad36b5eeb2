package io.slipway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Stands between Netty's decoder of HTTP/1 and Vert.x 5.0, and keeps from the latter what it does
 * not bear.
 *
 * <ul>
 *   <li>A request that came before the one in front of it was answered waits here. Vert.x would
 *       throw a NullPointerException when the connection breaks meanwhile.
 *   <li>Bodies are on the heap, where Vert.x copies them anyway. What it has not taken when the
 *       connection ends it never releases, so pooled memory would be lost.
 *   <li>A version that is neither HTTP/1.0 nor HTTP/1.1 makes the request one that cannot be read.
 *       Vert.x would answer by itself, with 501 and in the words of the request: {@code
 *       HTTP/999999999999.1} becomes {@code HTTP/-727379969.1 501}.
 * </ul>
 */
final class RequestGuard extends ChannelDuplexHandler {
  private final Queue<Object> waiting = new ArrayDeque<>();
  private boolean receiving;
  private boolean answering;
  private boolean lastAsked;
  private @Nullable ChannelFuture answered;
  private boolean readHeld;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Object safe = message instanceof HttpContent content ? onHeap(content) : message;
    if (safe instanceof HttpRequest request) {
      receiving = true;
      requireVersion(request);
    }
    if (safe instanceof LastHttpContent) {
      receiving = false;
    }
    if (!waiting.isEmpty() || (answering && safe instanceof HttpRequest)) {
      waiting.add(safe);
    } else {
      pass(context, safe);
    }
  }

  private void pass(ChannelHandlerContext context, Object message) {
    answering |= message instanceof HttpRequest;
    context.fireChannelRead(message);
  }

  /** Stops reading while something waits: it is bounded by what one read brings. */
  @Override
  public void read(ChannelHandlerContext context) {
    if (waiting.isEmpty()) {
      context.read();
    } else {
      readHeld = true;
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    boolean interim = message instanceof HttpResponse response && response.status().code() < 200;
    if (!(message instanceof LastHttpContent) || interim) {
      ChannelFuture ignored = context.write(message, promise);
    } else {
      answered = context.write(message, promise.unvoid());
      if (waiting.isEmpty() && !lastAsked) {
        answering = false;
      } else {
        // Later, for Vert.x does not yet know that it has answered.
        context.executor().execute(() -> next(context));
      }
    }
  }

  private void next(ChannelHandlerContext context) {
    answering = false;
    if (waiting.isEmpty()) {
      if (lastAsked) {
        closeWhenAnswered();
      }
      return;
    }
    do {
      pass(context, waiting.remove());
    } while (!waiting.isEmpty() && !(answering && waiting.peek() instanceof HttpRequest));
    context.fireChannelReadComplete();
    if (waiting.isEmpty() && readHeld) {
      readHeld = false;
      context.read();
    }
  }

  /**
   * Tells whether a client waits for the registry: its request has come whole and the answer has
   * not gone whole, or the rest of its request is not read.
   *
   * @param reads whether the connection is read now
   */
  boolean owes(boolean reads) {
    return answering && !(receiving && reads);
  }

  /**
   * Ends the connection after the answers to all requests that have come.
   *
   * @return false when there is nothing to answer, or a request that nobody completes
   */
  boolean answerAndClose() {
    if (receiving) {
      return false;
    }
    lastAsked = answering || !waiting.isEmpty();
    return lastAsked || closeWhenAnswered();
  }

  private boolean closeWhenAnswered() {
    ChannelFuture last = answered;
    if (last == null) {
      return false;
    }
    last.addListener(ChannelFutureListener.CLOSE);
    return true;
  }

  /**
   * As long as Vert.x waits for a first request it would write an error for a client that leaves.
   */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (context.pipeline().get(UpgradeGuard.UPGRADE_HANDLER) == null) {
      context.fireExceptionCaught(cause);
    } else {
      ChannelFuture ignored = context.close();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
  }

  private static HttpContent onHeap(HttpContent content) {
    ByteBuf bytes = content.content();
    if (!bytes.isReadable() || content.decoderResult().isFailure()) {
      return content;
    }
    ByteBuf copy = Unpooled.buffer(bytes.readableBytes());
    copy.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
    content.release();
    return content.replace(copy);
  }

  private static void requireVersion(HttpRequest request) {
    HttpVersion version = request.protocolVersion();
    if (isOne(version)) {
      return;
    }
    request.setProtocolVersion(HttpVersion.HTTP_1_1);
    request.headers().remove(HttpHeaderNames.UPGRADE);
    if (request.decoderResult().isSuccess()) {
      request.setDecoderResult(
          DecoderResult.failure(new IllegalArgumentException("the version is " + version)));
    }
  }

  /** As Vert.x decides: http/1.1 equals HTTP/1.1 and is another object. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isOne(HttpVersion version) {
    return version == HttpVersion.HTTP_1_1 || version == HttpVersion.HTTP_1_0;
  }
}
