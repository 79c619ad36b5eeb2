package io.slipway.testing;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the {@link FakeS3} keeps, and the rules by which it refuses to. */
final class FakeObjects {
  private static final Pattern PART = Pattern.compile("<Part>.*?</Part>", Pattern.DOTALL);
  private static final Pattern NUMBER = Pattern.compile("<PartNumber>(\\d+)</PartNumber>");
  private static final Pattern TAG = Pattern.compile("<ETag>(.*?)</ETag>");

  /** AWS documents that a range is copied only of a source of more than 5 MB. */
  private static final int NO_RANGE = 5 * 1024 * 1024;

  final ConcurrentSkipListMap<String, Stored> objects = new ConcurrentSkipListMap<>();
  final ConcurrentHashMap<String, Multipart> multiparts = new ConcurrentHashMap<>();
  final List<String> overwritten = new CopyOnWriteArrayList<>();
  final AtomicInteger copied = new AtomicInteger();
  private final AtomicInteger ids = new AtomicInteger();
  private final int leastPart;

  FakeObjects(int leastPart) {
    this.leastPart = leastPart;
  }

  record Stored(Buffer bytes, Instant time) {
    /** Tells bytes from others that were there before. */
    String tag() {
      return '"' + Integer.toHexString(System.identityHashCode(bytes)) + '"';
    }

    Stored older(Duration by) {
      return new Stored(bytes, time.minus(by));
    }
  }

  record Part(Buffer bytes, String tag) {}

  record Multipart(String key, NavigableMap<Integer, Part> parts, Instant time) {}

  /** Refuses a request as a server would. */
  static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;
    final int status;
    final String code;

    Refusal(int status, String code) {
      super(code, null, false, false);
      this.status = status;
      this.code = code;
    }
  }

  void put(String key, Buffer bytes) {
    if (objects.put(key, new Stored(bytes, Instant.now())) != null) {
      overwritten.add(key);
    }
  }

  Buffer get(String key) {
    return find(key).bytes();
  }

  Stored find(String key) {
    Stored stored = objects.get(key);
    if (stored == null) {
      throw new Refusal(404, "NoSuchKey");
    }
    return stored;
  }

  String create(String key) {
    String id = "multipart-" + ids.incrementAndGet();
    multiparts.put(id, new Multipart(key, new TreeMap<>(), Instant.now()));
    return id;
  }

  private Multipart multipart(String key, String id) {
    Multipart multipart = multiparts.get(id);
    if (multipart == null || !multipart.key().equals(key)) {
      throw new Refusal(404, "NoSuchUpload");
    }
    return multipart;
  }

  String part(String key, String id, int number, Buffer bytes) {
    if (number < 1 || number > 10_000) {
      throw new Refusal(400, "InvalidArgument");
    }
    Multipart multipart = multipart(key, id);
    String tag = "\"" + ids.incrementAndGet() + "-" + bytes.length() + "\"";
    synchronized (multipart.parts()) {
      multipart.parts().put(number, new Part(bytes, tag));
    }
    return tag;
  }

  /** Makes an object of the parts that a request's XML names. */
  void complete(String key, String id, String request) {
    List<Integer> numbers = new ArrayList<>();
    List<String> tags = new ArrayList<>();
    Matcher named = PART.matcher(request);
    while (named.find()) {
      Matcher number = NUMBER.matcher(named.group());
      Matcher tag = TAG.matcher(named.group());
      if (number.find() && tag.find()) {
        numbers.add(Integer.valueOf(number.group(1)));
        tags.add(tag.group(1).replace("&quot;", "\""));
      }
    }
    complete(key, id, numbers, tags);
  }

  private void complete(String key, String id, List<Integer> numbers, List<String> tags) {
    Multipart multipart = multipart(key, id);
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < numbers.size(); i++) {
      Part part = multipart.parts().get(numbers.get(i));
      boolean sorted = i == 0 || numbers.get(i - 1) < numbers.get(i);
      if (part == null || !sorted || !part.tag().equals(tags.get(i))) {
        throw new Refusal(400, sorted ? "InvalidPart" : "InvalidPartOrder");
      }
      parts.add(part);
    }
    requireEqual(parts);
    Buffer whole = Buffer.buffer();
    parts.forEach(part -> whole.appendBuffer(part.bytes()));
    put(key, whole);
    multiparts.remove(id);
  }

  /** R2's rule: every part but the last has one size, and the last is not larger. */
  private void requireEqual(List<Part> parts) {
    if (parts.isEmpty()) {
      throw new Refusal(400, "MalformedXML");
    }
    int size = parts.getFirst().bytes().length();
    for (Part part : parts.subList(0, parts.size() - 1)) {
      if (part.bytes().length() != size) {
        throw new Refusal(400, "InvalidPart");
      }
      if (size < leastPart) {
        throw new Refusal(400, "EntityTooSmall");
      }
    }
    if (parts.size() > 1 && parts.getLast().bytes().length() > size) {
      throw new Refusal(400, "InvalidPart");
    }
  }

  void abort(String key, String id) {
    multipart(key, id);
    multiparts.remove(id);
  }

  /** Returns what a request copies; null when it brings its own bytes. */
  @Nullable Buffer source(HttpServerRequest request) {
    String source = request.getHeader("x-amz-copy-source");
    if (source == null) {
      return null;
    }
    String path = URLDecoder.decode(source, StandardCharsets.UTF_8);
    Buffer bytes = get(path.substring(path.indexOf('/', 1) + 1));
    String range = request.getHeader("x-amz-copy-source-range");
    if (range == null) {
      return bytes;
    }
    if (bytes.length() <= NO_RANGE) {
      throw new Refusal(400, "InvalidRequest");
    }
    String[] ends = range.substring("bytes=".length()).split("-", -1);
    return bytes.slice(Integer.parseInt(ends[0]), Integer.parseInt(ends[1]) + 1);
  }
}
