package io.slipway.blob.cache;

import static io.slipway.testing.PushClient.bytes;
import static io.slipway.testing.PushClient.digest;
import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.blob.BlobContent;
import io.slipway.blob.PacedStream;
import io.slipway.blob.SerialWork;
import io.slipway.testing.Eventually;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FillTest {
  private static final byte[] BLOB = bytes(1, 500_000);

  @TempDir private Path root;
  private final Vertx vertx = Vertx.vertx();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void close() {
    threads.close();
    get(vertx.close());
  }

  private SerialWork work() {
    return new SerialWork(threads, failure -> failure);
  }

  @Test
  void keepsInMemoryForAReaderThatStallsOnlyTheEnd() throws Exception {
    CacheFolder folder = CacheFolder.take(root);
    Context context = vertx.getOrCreateContext();
    FillFile file = new FillFile(folder, threads);
    Fill fill = new Fill(digest(BLOB), BLOB.length, file, work(), work(), context, ended -> {});
    BlobContent.Streamed content = (offset, length) -> Future.succeededFuture(new Whole());
    FillReader stalled = new FillReader(context, threads, fill, content, 0, BLOB.length);
    assertThat(fill.join(stalled)).isNotNull();
    fill.start(content);
    Eventually.happens("it is right", () -> fill.state() == Fill.State.VERIFIED);
    Eventually.happens("what is in the file is forgotten", () -> fill.inMemory(0, 1) == null);
    int end = BLOB.length - Fill.HELD_BACK;
    assertThat(fill.file().read(0, end)).isEqualTo(Buffer.buffer(BLOB).slice(0, end));
    stalled.cancel();
    file.leave();
    folder.close();
  }

  /** Gives everything at once. */
  private static final class Whole extends PacedStream {
    @Override
    protected void wanted(long amount) {
      if (!isOver()) {
        for (int from = 0; from < BLOB.length; from += 50_000) {
          hand(Buffer.buffer(BLOB).slice(from, from + 50_000));
        }
        end();
      }
    }
  }
}
