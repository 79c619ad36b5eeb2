package io.slipway.clients.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.clients.faults.World.LargeBlob;
import io.slipway.testing.PushClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Pulls a large blob whose first bytes had come before the fault. */
final class UnderWayTrial implements Trial {
  private static final int FIRST = 128 * 1024;
  private static final long PAUSE_NANOS = 2_000_000;

  private final PushClient client;
  private final LargeBlob blob;
  private final ByteArrayOutputStream read = new ByteArrayOutputStream();
  private @Nullable HttpResponse<InputStream> answer;

  UnderWayTrial(World world) {
    this.client = world.client();
    this.blob = world.large();
  }

  @Override
  public void prepare() {
    HttpResponse<InputStream> begun = client.open(blob.path());
    assertThat(begun.statusCode()).isEqualTo(200);
    answer = begun;
    try {
      read.write(begun.body().readNBytes(FIRST));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public HttpResponse<?> attempt() {
    HttpResponse<InputStream> begun = Objects.requireNonNull(answer);
    try (InputStream rest = begun.body()) {
      byte[] some = new byte[FIRST];
      for (int length = FIRST; length == FIRST; ) {
        length = rest.readNBytes(some, 0, FIRST);
        read.write(some, 0, length);
        // A client as they are, so that the fault comes in the middle.
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("tried to read on after " + read.size() + " bytes", e);
    }
    // An answer that ends as if it were complete has to be.
    assertThat(PushClient.digest(read.toByteArray())).isEqualTo(blob.digest());
    return begun;
  }

  @Override
  public void settle(Outcome outcome) {
    HttpResponse<byte[]> again = client.send("GET", blob.path());
    assertThat(PushClient.digest(again.body())).isEqualTo(blob.digest());
  }
}
