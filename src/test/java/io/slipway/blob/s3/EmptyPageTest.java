package io.slipway.blob.s3;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.testing.FakeS3;
import io.slipway.testing.S3Fault;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that lists nothing and says that there is more. */
class EmptyPageTest {
  private final Vertx vertx = Vertx.vertx();
  private final FakeS3 fake = new FakeS3();
  private S3Storage storage;

  @BeforeEach
  void open() throws IOException, InterruptedException {
    storage = S3Storage.open(vertx, fake.config(), new SimpleMeterRegistry());
  }

  @AfterEach
  void close() throws InterruptedException {
    storage.close();
    fake.close();
    get(vertx.close());
  }

  @Test
  void endsTheDeletionOfAnUpload() {
    fake.put("uploads/u.1", new byte[1]);
    S3Fault empty = fake.emptyPage("list-type=2", Integer.MAX_VALUE);
    get(storage.staging().discard("u"));
    assertThat(empty.hits()).isEqualTo(1);
  }

  @Test
  void isNoListOfCopies() {
    get(storage.copies().put("copies/a/one", Buffer.buffer("1")));
    S3Fault empty = fake.emptyPage("list-type=2", Integer.MAX_VALUE);
    Future<List<String>> names = storage.copies().list("copies/a");
    assertThatThrownBy(() -> get(names)).hasMessageContaining("copies/a");
    assertThat(empty.hits()).isEqualTo(1);
    empty.lift();
    assertThat(get(storage.copies().list("copies/a"))).containsExactly("one");
  }
}
