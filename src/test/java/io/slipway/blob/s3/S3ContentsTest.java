package io.slipway.blob.s3;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.blob.StoreContents;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.testing.FakeS3;
import io.slipway.testing.S3Fault;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What those who check the metadata are told of a bucket whose server is not there. */
class S3ContentsTest {
  private static final String KEY = "blobs/sha256/a";
  private static final Digest DIGEST = Digest.of(DigestAlgorithm.SHA256, new byte[10]);

  private final FakeS3 fake = new FakeS3();
  private final List<String> marked = new ArrayList<>();
  private OpenBucket bucket;
  private StoreContents contents;

  @BeforeEach
  void open() {
    bucket = OpenBucket.open(fake.config());
    contents = bucket.storage().contents();
  }

  @AfterEach
  void close() {
    bucket.close();
    fake.close();
  }

  private Future<Boolean> mark(String place) {
    marked.add(place);
    return Future.succeededFuture(true);
  }

  private boolean quarantine() {
    return get(contents.quarantine(DIGEST, KEY, Optional.empty(), this::mark));
  }

  @Test
  void findsNothingWhereNothingIs() {
    assertThat(get(contents.open(KEY))).isEmpty();
    assertThat(quarantine()).isTrue();
    assertThat(marked).containsExactly(KEY);
  }

  /** The answer to a HEAD does not say whose it is. */
  @Test
  void takesNothingForMissingThatOnlyAProxyDoesNotFind() {
    fake.put(KEY, new byte[10]);
    S3Fault fault = fake.proxy404("^(HEAD|GET) ", 1000);
    assertThatThrownBy(() -> get(contents.open(KEY))).hasMessageContaining("does not work");
    assertThatThrownBy(this::quarantine).hasMessageContaining("does not work");
    fault.lift();
    fake.proxy404("^HEAD ", 1);
    assertThatThrownBy(() -> get(contents.open(KEY)))
        .as("it works again before it is asked once more")
        .hasMessageContaining("does not work");
    assertThat(marked).isEmpty();
    assertThat(get(contents.open(KEY))).isPresent();
  }
}
