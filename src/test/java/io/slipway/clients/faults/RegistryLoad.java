package io.slipway.clients.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.slipway.testing.ProcessFigures;
import io.slipway.testing.PushClient;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a registry holds while it does nothing: open files, threads, memory, work under way. */
record RegistryLoad(long pid, PushClient ops) {

  /** Counts its files and connections. */
  int files() {
    return ProcessFigures.files(pid);
  }

  /** Counts its threads. */
  int threads() {
    return ProcessFigures.threads(pid);
  }

  /** Adds up a metric over its labels. */
  double metric(String name) {
    return page("/metrics")
        .lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** Adds up a metric by what it says of one label. */
  Map<String, Double> byLabel(String name, String label) {
    Pattern sample = Pattern.compile(name + "\\{.*\\b" + label + "=\"([^\"]*)\".*} (\\S+)");
    return page("/metrics")
        .lines()
        .map(sample::matcher)
        .filter(Matcher::matches)
        .collect(
            Collectors.groupingBy(
                found -> found.group(1),
                Collectors.summingDouble(found -> Double.parseDouble(found.group(2)))));
  }

  /** Tells whether nothing is under way any more, and no memory of an upload is held. */
  boolean isIdle() {
    return metric("slipway_database_queue") == 0
        && metric("slipway_s3_buffers_used_bytes") == 0
        && metric("slipway_s3_buffers_waiting") == 0;
  }

  private String page(String path) {
    return new String(ops.send("GET", path).body(), UTF_8);
  }

  @Override
  public String toString() {
    return files() + " files, " + threads() + " threads";
  }
}
