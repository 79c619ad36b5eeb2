package io.slipway.oci;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Compares reading a pushed manifest strictly with readers that check less. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ManifestReading {
  private static final JsonMapper LENIENT = new JsonMapper();
  private static final JsonFactory STREAMING =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** How many layers the image has. */
  @Param({"5", "50"})
  public int layers;

  private byte[] content = {};
  private Buffer buffer = Buffer.buffer();

  /** Makes the manifest that all read. */
  @Setup
  public void write() {
    List<String> described = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      described.add(descriptor("application/vnd.oci.image.layer.v1.tar+gzip", i, 1L << 20));
    }
    content =
        """
        {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s],
        "annotations":{"org.opencontainers.image.created":"2026-01-01T00:00:00Z"}}
        """
            .formatted(
                MediaTypes.OCI_MANIFEST,
                descriptor("application/vnd.oci.image.config.v1+json", 0, 1500),
                String.join(",", described))
            .getBytes(StandardCharsets.UTF_8);
    buffer = Buffer.buffer(content);
  }

  private static String descriptor(String mediaType, int number, long size) {
    return """
        {"mediaType":"%s","digest":"sha256:%064x","size":%d}"""
        .formatted(mediaType, number, size);
  }

  /** What a push of a manifest does: a tree, refused when two readers could differ, and checked. */
  @Benchmark
  public Object registry() {
    return ManifestParser.parse(content, MediaTypes.OCI_MANIFEST);
  }

  /** A tree of the same library that checks nothing. */
  @Benchmark
  public Object tree() throws IOException {
    return LENIENT.readTree(content);
  }

  /** All tokens, names of fields seen once, and nothing kept of them. */
  @Benchmark
  public long tokens() throws IOException {
    long characters = 0;
    try (JsonParser parser = STREAMING.createParser(content)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        characters += parser.getTextLength();
      }
    }
    return characters;
  }

  /** Vert.x's own, which keeps the last of two fields of one name. */
  @Benchmark
  public Object jsonObject() {
    return new JsonObject(buffer);
  }
}
