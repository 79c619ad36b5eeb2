package io.slipway.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.blob.StoreContents.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EntryBatchesTest {
  private static final long MEBIBYTE = 1 << 20;

  @Test
  void holdNoMoreThanTwoOfTheLargestManifests() {
    assertThat(sizes(Collections.nCopies(5, 4 * MEBIBYTE))).containsExactly(2, 2, 1);
    assertThat(sizes(List.of(MEBIBYTE, 4 * MEBIBYTE, 3 * MEBIBYTE, 1L, 1L))).containsExactly(3, 2);
  }

  @Test
  void holdFiftyOfThoseThatAreSmall() {
    assertThat(sizes(Collections.nCopies(101, 500L))).containsExactly(50, 50, 1);
    assertThat(sizes(List.of())).isEmpty();
  }

  private static List<Integer> sizes(List<Long> entries) {
    List<Entry> page = new ArrayList<>();
    for (long size : entries) {
      page.add(new Entry("key " + page.size(), size, Instant.EPOCH));
    }
    List<List<Entry>> batches = EntryBatches.of(page, Entry::size);
    assertThat(batches.stream().flatMap(List::stream)).containsExactlyElementsOf(page);
    return batches.stream().map(List::size).toList();
  }
}
