package io.slipway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FairQueueTest {
  private final FairQueue<String> queue = new FairQueue<>(4);

  private void offer(String client, String... entries) {
    for (String entry : entries) {
      assertThat(queue.offer(client, entry)).isEmpty();
    }
  }

  private List<String> rest() {
    List<String> found = new ArrayList<>();
    for (Optional<String> next = queue.poll(); next.isPresent(); next = queue.poll()) {
      found.add(next.get());
    }
    return found;
  }

  @Test
  void takesFromTheClientsInTurn() {
    offer("a", "a1", "a2", "a3");
    offer("b", "b1");
    assertThat(rest()).containsExactly("a1", "b1", "a2", "a3");
    assertThat(rest()).isEmpty();
  }

  @Test
  void givesOneClientAllPlacesThatNobodyElseWants() {
    offer("a", "a1", "a2", "a3", "a4");
    assertThat(queue.offer("a", "a5")).contains("a5");
    assertThat(rest()).containsExactly("a1", "a2", "a3", "a4");
  }

  @Test
  void takesAPlaceFromWhoeverHasMost() {
    offer("b", "b1");
    offer("a", "a1", "a2", "a3");
    assertThat(queue.offer("c", "c1")).contains("a3");
    assertThat(queue.offer("b", "b2")).as("both have two then").contains("b2");
    assertThat(rest()).containsExactly("b1", "a1", "c1", "a2");
  }

  @Test
  void takesNoPlaceFromWhoHasOne() {
    for (String client : List.of("a", "b", "c", "d")) {
      offer(client, client);
    }
    assertThat(queue.offer("e", "e")).contains("e");
    assertThat(rest()).containsExactly("a", "b", "c", "d");
  }

  @Test
  void letsWhoComesBackWaitBehindTheOthers() {
    offer("a", "a1");
    offer("b", "b1", "b2");
    assertThat(queue.poll()).contains("a1");
    offer("a", "a2");
    assertThat(rest()).containsExactly("b1", "a2", "b2");
  }
}
