package io.slipway.http.v2;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Compares taking a path apart from its end with trying regular expressions, as routers do. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PathParsing {
  private static final List<Pattern> PATTERNS =
      List.of(
          Pattern.compile("/v2/?"),
          Pattern.compile("/v2/_catalog"),
          Pattern.compile("/v2/(.+)/tags/list"),
          Pattern.compile("/v2/(.+)/referrers/([^/]+)"),
          Pattern.compile("/v2/(.+)/manifests/([^/]+)"),
          Pattern.compile("/v2/(.+)/blobs/uploads/?"),
          Pattern.compile("/v2/(.+)/blobs/uploads/([^/]+)"),
          Pattern.compile("/v2/(.+)/blobs/([^/]+)"));

  /** A tag, a layer, and a chunk of an upload. */
  @Param({
    "/v2/library/busybox/manifests/latest",
    "/v2/team/project/image/blobs/sha256:"
        + "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "/v2/team/project/image/blobs/uploads/018f4e2c-7a11-7c3e-9d55-1b7d3a0c9e21"
  })
  public String path = "";

  /** What every request passes through. */
  @Benchmark
  public Object registry() {
    return V2Path.parse(path);
  }

  /** One expression after the other, in the order of the table of operations. */
  @Benchmark
  public Object expressions() {
    for (Pattern pattern : PATTERNS) {
      Matcher matcher = pattern.matcher(path);
      if (matcher.matches()) {
        return matcher.groupCount() < 2
            ? matcher.group(matcher.groupCount())
            : List.of(matcher.group(1), matcher.group(2));
      }
    }
    throw new IllegalArgumentException(path);
  }
}
