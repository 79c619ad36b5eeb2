package io.slipway.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.blob.StagedProgress;
import io.slipway.blob.StagedUpload;
import io.slipway.blob.WriterTurn;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BodyPumpTest {
  private static final int MEBIBYTE = 1024 * 1024;
  private static final int PUMPS = 100;
  private static final int PIECES = 6 * MEBIBYTE / Flood.PIECE;

  private final Vertx vertx = Vertx.vertx();
  private final SlowDisk disk = new SlowDisk();

  @AfterEach
  void closes() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void holdsOnePipeFullForOneUpload() throws Exception {
    UploadMemory memory = new UploadMemory(64 * MEBIBYTE);
    start(memory, 1);
    assertThat(memory.waiting())
        .isBetween((long) BodyPump.HIGH_WATER, (long) BodyPump.HIGH_WATER + Flood.PIECE);
  }

  @Test
  void holdsLittleForEachOfManyUploadsAndStoresAll() throws Exception {
    int limit = 16 * MEBIBYTE;
    UploadMemory memory = new UploadMemory(limit);
    Future<?> all = start(memory, PUMPS);
    assertThat(memory.waiting())
        .isLessThan(limit + (long) PUMPS * (BodyPump.EAGER_BATCH + 2 * Flood.PIECE));
    onContext(disk::recover);
    all.await(10, TimeUnit.SECONDS);
    assertThat(disk.stored).isEqualTo((long) PUMPS * PIECES * Flood.PIECE);
    assertThat(memory.waiting()).isZero();
  }

  /** Other uploads, on other threads, take and give back memory between any two looks of a pump. */
  @Test
  void endsThoughEachLookFindsTheMemoryOtherwise() throws Exception {
    Random random = new Random(1);
    UploadMemory flickering =
        new UploadMemory(16 * MEBIBYTE) {
          @Override
          long share() {
            return random.nextBoolean() ? MEBIBYTE / 10 : Long.MAX_VALUE;
          }
        };
    disk.recover();
    start(flickering, PUMPS).await(10, TimeUnit.SECONDS);
    assertThat(disk.stored).isEqualTo((long) PUMPS * PIECES * Flood.PIECE);
  }

  private Future<?> start(UploadMemory memory, int pumps) throws Exception {
    List<Future<Void>> running = new ArrayList<>();
    onContext(
        () -> {
          for (int i = 0; i < pumps; i++) {
            UploadBody body = new UploadBody(new Flood(PIECES), OptionalLong.empty(), reads -> {});
            running.add(new BodyPump(body, disk, -1, memory).run());
          }
        });
    return Future.all(running);
  }

  private void onContext(Runnable action) throws Exception {
    Promise<Void> done = Promise.promise();
    vertx.runOnContext(
        ignored -> {
          action.run();
          done.complete();
        });
    done.future().await(10, TimeUnit.SECONDS);
  }

  /** Brings pieces as long as it is not paused. */
  private static final class Flood implements ReadStream<Buffer> {
    static final int PIECE = 64 * 1024;
    private static final Buffer BYTES = Buffer.buffer(new byte[PIECE]);

    private int left;
    private boolean paused;
    private @Nullable Handler<Buffer> handler;
    private @Nullable Handler<Void> end;

    Flood(int pieces) {
      this.left = pieces;
    }

    @Override
    public Flood exceptionHandler(@Nullable Handler<Throwable> ignored) {
      return this;
    }

    @Override
    public Flood handler(@Nullable Handler<Buffer> bytes) {
      handler = bytes;
      return this;
    }

    @Override
    public Flood pause() {
      paused = true;
      return this;
    }

    @Override
    public Flood resume() {
      paused = false;
      while (!paused && left > 0 && handler != null) {
        left--;
        handler.handle(BYTES);
      }
      if (!paused && left == 0 && end != null) {
        Handler<Void> last = end;
        end = null;
        last.handle(null);
      }
      return this;
    }

    @Override
    public Flood fetch(long amount) {
      return resume();
    }

    @Override
    public Flood endHandler(@Nullable Handler<Void> ended) {
      end = ended;
      return this;
    }
  }

  /** Finishes no write before it recovers, and none before its caller has gone on. */
  private final class SlowDisk implements StagedUpload {
    private final List<Promise<Void>> waiting = new ArrayList<>();
    private boolean recovered;
    private long stored;

    void recover() {
      recovered = true;
      List.copyOf(waiting).forEach(Promise::complete);
    }

    @Override
    public Future<Void> append(List<Buffer> batch) {
      stored += batch.stream().mapToLong(Buffer::length).sum();
      Promise<Void> promise = Promise.promise();
      if (recovered) {
        vertx.runOnContext(ignored -> promise.complete());
      } else {
        waiting.add(promise);
      }
      return promise.future();
    }

    @Override
    public long size() {
      return stored;
    }

    @Override
    public StagedProgress progress() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void begin(WriterTurn turn, long expected) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> truncate(long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Optional<Digest>> digest(DigestAlgorithm algorithm) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> sync() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> release() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Boolean> publish(Digest digest, Naming naming) {
      throw new UnsupportedOperationException();
    }
  }
}
