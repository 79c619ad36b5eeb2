package io.slipway.testing;

import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.database.PostgresUrl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds what judges the stores after other tests to what it should find. */
@OneProfile("of what judges other tests")
class BucketAgreementIT {
  private static final String PREFIX = "some/where/";
  private static final byte[] BLOB = PushClient.bytes(40, 100_000);
  private static final byte[] PART = PushClient.bytes(41, 5_400_000);

  @TempDir Path data;
  private final FakeS3 s3 = new FakeS3();
  private StoredData stored;

  @BeforeEach
  void fill() {
    PostgresServer server = PostgresServer.shared();
    PostgresUrl database = server.createDatabase();
    stored =
        new StoredData(
            data, new PostgresRows(server, database.database()), new BucketBytes(s3, PREFIX));
    List<String> settings = new ArrayList<>(List.of(s3.settings()));
    settings.addAll(List.of("storage.s3.prefix", PREFIX));
    settings.addAll(List.of("database.url", server.text(database.database())));
    try (TestRegistry registry = TestRegistry.start(data, settings.toArray(String[]::new))) {
      PushClient client = new PushClient(registry.port());
      assertThat(client.pushBlob("team/app", BLOB).statusCode()).isEqualTo(201);
      assertThat(client.patch(client.start("team/app"), 0, PART).statusCode()).isEqualTo(202);
      assertThat(client.patch(client.start("team/app"), 0, BLOB).statusCode()).isEqualTo(202);
    }
    stored.requireAgreement();
    assertThat(stored.staged()).as("a part with a piece, and a piece").hasSize(3);
  }

  @AfterEach
  void close() {
    s3.close();
  }

  private void finds(String what) {
    assertThatThrownBy(stored::requireAgreement)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(what);
  }

  private String location() {
    return PREFIX + stored.query("SELECT location FROM blob").getFirst();
  }

  @Test
  void findsABlobThatIsGone() {
    s3.remove(location());
    finds(digest(BLOB).text());
  }

  @Test
  void findsABlobOfOtherBytes() {
    s3.put(location(), PushClient.bytes(42, BLOB.length));
    finds(digest(BLOB).text());
  }

  @Test
  void findsAnUploadThatCannotGoOn() {
    String upload =
        stored.query("SELECT id FROM upload WHERE size = 100000 AND state = 'open'").getFirst();
    s3.keys().stream().filter(key -> key.contains(upload)).forEach(s3::remove);
    finds("objects of the upload " + upload);
  }

  @Test
  void findsAnUploadWhosePartsAreGone() {
    s3.kept().multiparts.clear();
    finds("parts of the upload");
  }

  @Test
  void findsObjectsThatNothingNames() {
    for (String key : List.of("uploads/1.2.3", "blobs/sha256/00", "elsewhere/x")) {
      s3.put(PREFIX + key, BLOB);
      finds(key);
      s3.remove(PREFIX + key);
    }
    s3.begin(PREFIX + "uploads/1");
    finds("unfinished uploads that nothing names");
  }

  @Test
  void findsCopiesThatNothingNames() {
    s3.put(PREFIX + "tags/team/app/v1@1", BLOB);
    finds("copies");
  }
}
