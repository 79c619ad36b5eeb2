package io.slipway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.server.GarbageResult.Gone;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The exact lines of R4.3. */
class GarbageResultTest {
  private static final GarbageWish DELETE = new GarbageWish(true, Optional.empty(), false);
  private static final GarbageWish LOOK = new GarbageWish(false, Optional.empty(), false);

  @ParameterizedTest
  @CsvSource({
    "15, 2300000000, Would delete 15 unreferenced blobs (2.3 GB),"
        + " 'Deleted 15 blobs, reclaimed 2.3 GB'",
    "1, 1000, Would delete 1 unreferenced blob (1.0 kB), 'Deleted 1 blob, reclaimed 1.0 kB'",
    "0, 0, Would delete 0 unreferenced blobs (0 B), 'Deleted 0 blobs, reclaimed 0 B'",
    "2, 999, Would delete 2 unreferenced blobs (999 B), 'Deleted 2 blobs, reclaimed 999 B'",
  })
  void saysWhatItDidInALine(long blobs, long bytes, String would, String did) {
    GarbageResult result = new GarbageResult(blobs, bytes, List.of());
    assertThat(result.lines(LOOK, true)).containsExactly(would);
    assertThat(result.lines(LOOK, false))
        .containsExactly(would, "nothing was deleted: use --delete");
    assertThat(result.lines(DELETE, false)).containsExactly(did);
  }

  @Test
  void namesEachBlobBeforeTheSum() {
    GarbageResult result =
        new GarbageResult(1, 1_250_000, List.of(new Gone("sha256:ab", 1_250_000, "no name")));
    assertThat(result.lines(DELETE, false))
        .containsExactly("sha256:ab (1.3 MB): no name", "Deleted 1 blob, reclaimed 1.3 MB");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1 B",
    "1049, 1.0 kB",
    "1050, 1.1 kB",
    "999949, 999.9 kB",
    "999950, 1.0 MB",
    "1048576, 1.0 MB",
    "999999999, 1.0 GB",
    "1500000000000, 1.5 TB",
    "9223372036854775807, 9.2 EB",
  })
  void writesSizesInDecimalUnits(long bytes, String text) {
    assertThat(GarbageResult.size(bytes)).isEqualTo(text);
  }
}
