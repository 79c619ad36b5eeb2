package io.slipway.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.config.SerializationConfig;
import com.hazelcast.internal.cluster.impl.ClusterTopologyChangedException;
import com.hazelcast.internal.partition.PartitionStateVersionMismatchException;
import com.hazelcast.internal.serialization.Data;
import com.hazelcast.internal.serialization.SerializationClassNameFilter;
import com.hazelcast.internal.serialization.SerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ToldFailuresTest {
  private final SerializationService serialization =
      new DefaultSerializationServiceBuilder()
          .setConfig(
              new SerializationConfig().setJavaSerializationFilterConfig(ToldFailures.only()))
          .build();

  /**
   * Two nodes that join at the same moment are told so by the first, and ask again; by the second a
   * partition stays where it is that moves to a node which does not know of it yet.
   */
  @Test
  void readsTheFailuresThatNodesTellEachOtherOf() {
    Throwable suppressed = new IllegalStateException("cannot start", new IOException("full"));
    suppressed.addSuppressed(new InterruptedException());
    for (Throwable told :
        List.of(
            new ClusterTopologyChangedException("changed"),
            new PartitionStateVersionMismatchException(2, 1),
            suppressed)) {
      Object read = serialization.toObject(serialization.toData(told));
      assertThat(read).isInstanceOf(told.getClass());
    }
  }

  @Test
  void readsNothingElseOfJava() {
    for (Object refused : List.of(URI.create("http://host"), new BitSet(), new Locale[0])) {
      Data data = serialization.toData(refused);
      assertThatThrownBy(() -> serialization.toObject(data))
          .hasRootCauseInstanceOf(SecurityException.class);
    }
  }

  /** Hazelcast may grow some with a release. */
  @Test
  void knowsEveryFailureOfThePartsThatAreUsed() throws IOException {
    SerializationClassNameFilter filter = new SerializationClassNameFilter(ToldFailures.only());
    List<String> found = new ArrayList<>();
    for (Class<?> type :
        throwables("cluster", "partition", "map", "spi", "transaction", "memory")) {
      filter.filter(type.getName());
      found.add(type.getSimpleName());
    }
    assertThat(found).contains("PartitionStateVersionMismatchException", "WrongTargetException");
  }

  private static List<Class<?>> throwables(String... parts) throws IOException {
    URL hazelcast = Config.class.getProtectionDomain().getCodeSource().getLocation();
    List<Class<?>> found = new ArrayList<>();
    try (JarFile jar = new JarFile(Path.of(URI.create(hazelcast.toString())).toFile())) {
      for (String name : jar.stream().map(JarEntry::getName).filter(of(parts)).toList()) {
        try {
          Class<?> type =
              Class.forName(
                  name.replace('/', '.').replace(".class", ""),
                  false,
                  Config.class.getClassLoader());
          if (Throwable.class.isAssignableFrom(type)) {
            found.add(type);
          }
        } catch (ClassNotFoundException | LinkageError e) {
          // It is made of something that is not there, and cannot come.
        }
      }
    }
    return found;
  }

  private static Predicate<String> of(String... parts) {
    return Pattern.compile("com/hazelcast/(internal/)?(" + String.join("|", parts) + ")/.*\\.class")
        .asMatchPredicate();
  }
}
