package io.slipway.database.postgres;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.SqlConnectOptions;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Asks a server whether it <a
 * href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL">speaks
 * TLS</a>, before each connection that had rather have it. The client would ask on the connection
 * itself, and leave that open when the answer is no.
 */
final class TlsOffer {
  /** SSLRequest: its length, and the number that stands for a version. */
  private static final Buffer QUESTION = Buffer.buffer().appendInt(8).appendInt(80_877_103);

  private final NetClient client;
  private final int patienceMillis;

  /** Makes one that has asked nobody; waits for an answer as long as for a connection. */
  TlsOffer(Vertx vertx, NetClientOptions net) {
    this.client = vertx.createNetClient(net);
    this.patienceMillis = net.getConnectTimeout();
  }

  /**
   * Returns what tells how to connect: as it is wished; without TLS where that is only preferred
   * and the server says it has none. One that does not answer is connected to as it is wished,
   * which tells what is wrong with it.
   */
  Supplier<Future<SqlConnectOptions>> to(PgConnectOptions wished) {
    return wished.getSslMode() == SslMode.PREFER
        ? () -> ask(wished)
        : () -> Future.succeededFuture(wished);
  }

  private Future<SqlConnectOptions> ask(PgConnectOptions wished) {
    return client
        .connect(wished.getPort(), wished.getHost())
        .compose(this::refuses)
        .otherwise(false)
        .map(
            refuses -> refuses ? new PgConnectOptions(wished).setSslMode(SslMode.DISABLE) : wished);
  }

  private Future<Boolean> refuses(NetSocket socket) {
    Promise<Boolean> answer = Promise.promise();
    socket.handler(bytes -> answer.tryComplete(bytes.getByte(0) == 'N'));
    socket.closeHandler(ignored -> answer.tryComplete(false));
    return socket
        .write(QUESTION)
        .compose(ignored -> answer.future())
        .timeout(patienceMillis, TimeUnit.MILLISECONDS)
        .onComplete(ignored -> socket.close());
  }

  Future<Void> close() {
    return client.close();
  }
}
