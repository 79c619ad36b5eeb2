package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.metadata.Restore;
import org.junit.jupiter.api.Test;

/** What every database does for a rebuild before it writes anything. */
public interface RestoreContract extends MetadataContract {
  @Test
  default void isBegunByOne() {
    Restore restore = new SqlRestore(database());
    assertThat(get(restore.state())).isEqualTo(Restore.State.EMPTY);
    assertThat(get(restore.begin(true))).isTrue();
    assertThat(get(restore.begin(false))).as("begun by another").isFalse();
    assertThat(get(restore.state())).isEqualTo(Restore.State.FORGETTING);
    get(restore.forgotten());
    assertThat(get(restore.state())).isEqualTo(Restore.State.UNFINISHED);
    get(restore.end());
    assertThat(get(restore.state())).isEqualTo(Restore.State.EMPTY);
  }

  /** One that slept while another took its place wakes into what that one has brought back. */
  @Test
  default void forgetsOnlyWhileThatIsNoted() {
    Restore restore = new SqlRestore(database());
    commit(APP, "blob");
    assertThat(get(restore.forget())).isFalse();
    assertThat(get(restore.state())).isEqualTo(Restore.State.FILLED);
    get(restore.begin(true));
    get(restore.forgotten());
    assertThat(get(restore.forget())).isFalse();
    get(restore.end());
    assertThat(get(restore.state())).isEqualTo(Restore.State.FILLED);
    get(restore.begin(true));
    while (get(restore.forget())) {
      assertThat(get(restore.state())).isEqualTo(Restore.State.FORGETTING);
    }
    get(restore.end());
    assertThat(get(restore.state())).isEqualTo(Restore.State.EMPTY);
  }
}
