package io.slipway.oci;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A range of bytes, both ends included, as HTTP counts them (RFC 9110, section 14).
 *
 * @param first offset of the first byte, from 0
 * @param last offset of the last byte, at least {@code first}
 */
public record ByteRange(long first, long last) {
  /** More ranges than this in one request are answered as if none had been asked for. */
  public static final int MAX_RANGES = 16;

  private static final String UNIT = "bytes";

  public ByteRange {
    if (first < 0 || last < first) {
      throw new IllegalArgumentException("expected 0 <= first <= last, got " + first + "-" + last);
    }
  }

  /** Returns how many bytes it covers. */
  public long length() {
    return last - first + 1;
  }

  /**
   * Parses the {@code Content-Range} of a chunk, {@code 0-1023} or {@code bytes 0-1023/*}
   * (distribution-spec, "Pushing a blob in chunks").
   *
   * @throws RegistryException {@link ErrorCode#UPLOAD_RANGE_INVALID} when it is not one
   */
  public static ByteRange parseContentRange(String header) {
    String range = hasUnit(header, ' ') ? header.substring(UNIT.length() + 1) : header;
    int slash = range.indexOf('/');
    String total = slash < 0 ? "*" : range.substring(slash + 1);
    range = slash < 0 ? range : range.substring(0, slash);
    int dash = range.indexOf('-');
    long first = dash < 0 ? -1 : number(range.substring(0, dash));
    long last = dash < 0 ? -1 : number(range.substring(dash + 1));
    boolean within = total.equals("*") || number(total) > last;
    if (first < 0 || last < first || last == Long.MAX_VALUE || !within) {
      throw new RegistryException(
          ErrorCode.UPLOAD_RANGE_INVALID,
          "tried to read the Content-Range "
              + Quoted.of(header)
              + " but expected <first byte>-<last byte>");
    }
    return new ByteRange(first, last);
  }

  /**
   * Parses a {@code Range} header against content of a known size.
   *
   * @return the ranges, sorted and merged; an empty list when the header is to be ignored, for it
   *     is malformed, of another unit or asks for too many ranges (RFC 9110, section 14.2)
   * @throws RegistryException {@link ErrorCode#RANGE_INVALID} when no range lies within the content
   */
  public static List<ByteRange> parseRange(String header, long size) {
    // No part of nothing can be sent; clients that always ask for one still get the nothing.
    if (!hasUnit(header, '=') || size == 0) {
      return List.of();
    }
    List<String> specs =
        Stream.of(header.substring(UNIT.length() + 1).split(","))
            .map(String::strip)
            .filter(spec -> !spec.isEmpty())
            .toList();
    if (specs.isEmpty() || specs.size() > MAX_RANGES) {
      return List.of();
    }
    List<ByteRange> ranges = new ArrayList<>(specs.size());
    for (String spec : specs) {
      int dash = spec.indexOf('-');
      if (dash < 0 || !add(ranges, spec.substring(0, dash), spec.substring(dash + 1), size)) {
        return List.of();
      }
    }
    if (ranges.isEmpty()) {
      throw new RegistryException(
          ErrorCode.RANGE_INVALID,
          "tried to read the range "
              + Quoted.of(header)
              + " but the content has "
              + size
              + " bytes");
    }
    return merge(ranges);
  }

  /** Adds one range if it lies within the content; false when it is malformed. */
  private static boolean add(List<ByteRange> ranges, String from, String to, long size) {
    long first = number(from);
    long last = number(to);
    if (from.isEmpty()) {
      if (last < 0) {
        return false;
      }
      first = Math.max(0, size - last);
      last = size - 1;
    } else if (to.isEmpty()) {
      last = size - 1;
      if (first < 0) {
        return false;
      }
    } else if (first < 0 || last < 0) {
      return false;
    }
    // A range that ends before it starts lies outside of every content: 416, as the conformance
    // suite wants it.
    if (first < size && last >= first) {
      ranges.add(new ByteRange(first, Math.min(last, size - 1)));
    }
    return true;
  }

  private static List<ByteRange> merge(List<ByteRange> ranges) {
    ranges.sort(Comparator.comparingLong(ByteRange::first));
    List<ByteRange> merged = new ArrayList<>(ranges.size());
    for (ByteRange range : ranges) {
      ByteRange before = merged.isEmpty() ? null : merged.getLast();
      if (before != null && range.first() <= before.last() + 1) {
        merged.set(
            merged.size() - 1,
            new ByteRange(before.first(), Math.max(before.last(), range.last())));
      } else {
        merged.add(range);
      }
    }
    return List.copyOf(merged);
  }

  private static boolean hasUnit(String header, char end) {
    return header.length() > UNIT.length()
        && header.charAt(UNIT.length()) == end
        && header.regionMatches(true, 0, UNIT, 0, UNIT.length());
  }

  /** Parses decimal digits; -1 when the text is anything else, the largest long when it is more. */
  private static long number(String digits) {
    long number = digits.isEmpty() ? -1 : 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number > (Long.MAX_VALUE - digit) / 10 ? Long.MAX_VALUE : number * 10 + digit;
    }
    return number;
  }
}
