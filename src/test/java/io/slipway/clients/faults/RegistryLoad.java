package io.slipway.clients.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** What a registry holds while it does nothing: open files, threads, memory, work under way. */
record RegistryLoad(long pid, int opsPort) {

  /** Counts its files and connections. */
  long files() {
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return files.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Counts its threads. */
  long threads() {
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
      return threads.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds up a metric over its labels. */
  double metric(String name) {
    return page("/metrics")
        .lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** Tells whether nothing is under way any more, and no memory of an upload is held. */
  boolean isIdle() {
    return metric("slipway_database_queue") == 0
        && metric("slipway_s3_buffers_used_bytes") == 0
        && metric("slipway_s3_buffers_waiting") == 0;
  }

  private String page(String path) {
    URI address = URI.create("http://127.0.0.1:" + opsPort + path);
    HttpRequest request = HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(10)).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return files() + " files, " + threads() + " threads";
  }
}
