package io.slipway.clients.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.clients.faults.World.LargeBlob;
import io.slipway.testing.PushClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Pulls a large blob whose first bytes had come before the fault. */
final class UnderWayTrial implements Trial {
  /** What it takes at most with nothing wrong: the client's pauses, on a machine that is busy. */
  static final Duration PULL = Duration.ofSeconds(20);

  private static final int CHUNK = 128 * 1024;
  private static final long LONG_PAUSE_MILLIS = 20;
  private static final long SHORT_PAUSE_NANOS = 2_000_000;

  private final PushClient client;
  private final LargeBlob blob;
  private final CountDownLatch hurry = new CountDownLatch(1);
  private int read;
  private @Nullable HttpResponse<InputStream> answer;

  UnderWayTrial(World world) {
    this.client = world.client();
    this.blob = world.large();
  }

  @Override
  public void prepare() {
    HttpResponse<InputStream> opened = client.open(blob.path());
    assertThat(opened.statusCode()).isEqualTo(200);
    answer = opened;
    try {
      readChunk(opened.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads as clients do, so that the fault comes in the middle; slower while it takes its time. */
  @Override
  public HttpResponse<?> attempt() {
    HttpResponse<InputStream> opened = Objects.requireNonNull(answer);
    try (InputStream rest = opened.body()) {
      while (readChunk(rest)) {
        if (hurry.await(LONG_PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
          LockSupport.parkNanos(SHORT_PAUSE_NANOS);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("tried to read on after " + read + " bytes", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    // An answer that ends as if it were complete has to be.
    assertThat(read).isEqualTo(blob.size());
    return opened;
  }

  private boolean readChunk(InputStream from) throws IOException {
    byte[] chunk = from.readNBytes(CHUNK);
    assertThat(blob.has(chunk, read)).as("%s bytes at %s", chunk.length, read).isTrue();
    read += chunk.length;
    return chunk.length == CHUNK;
  }

  @Override
  public void hurry() {
    hurry.countDown();
  }

  /** Goes on where it broke off. */
  @Override
  public void settle(Outcome outcome) {
    if (read < blob.size()) {
      HttpResponse<byte[]> rest =
          client.send("GET", blob.path(), new byte[0], "Range", "bytes=" + read + "-");
      assertThat(rest.statusCode()).isEqualTo(206);
      assertThat(read + rest.body().length).isEqualTo(blob.size());
      assertThat(blob.has(rest.body(), read)).isTrue();
    }
  }
}
