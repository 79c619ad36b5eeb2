package io.slipway.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads everything a server sent on one connection, and refuses what is no HTTP/1.1. */
final class WireAnswers {
  // RFC 9112, sections 4 and 5: no control character, nothing folded, no empty name.
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2}) [ -~]*");
  private static final Pattern HEADER =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([ -~\\x80-\\xff\t]*)");
  private static final Pattern CHUNK = Pattern.compile("[0-9a-fA-F]{1,8}");
  private static final int SWITCHING = 101;

  /** One answer; header names in lower case, each line {@code name:value}. */
  record Answer(int status, List<String> headers, String body) {
    Optional<String> header(String name) {
      return headers.stream()
          .filter(line -> line.startsWith(name + ":"))
          .map(line -> line.substring(name.length() + 1))
          .findFirst();
    }
  }

  private final String text;
  private final boolean broken;
  private final List<Answer> answers = new ArrayList<>();
  private int position;

  private WireAnswers(byte[] received, boolean broken) {
    this.text = new String(received, ISO_8859_1);
    this.broken = broken;
  }

  /**
   * Reads answers to the end.
   *
   * @param broken whether the connection was reset, so that the end may be missing
   * @throws IllegalArgumentException when it is no sequence of answers
   */
  static List<Answer> read(byte[] received, boolean broken) {
    WireAnswers answers = new WireAnswers(received, broken);
    answers.read();
    return answers.answers;
  }

  private void read() {
    try {
      while (position < text.length() && (answers.isEmpty() || !isSwitched())) {
        answers.add(one());
      }
    } catch (StringIndexOutOfBoundsException e) {
      if (!broken) {
        throw new IllegalArgumentException("the answer ends in its middle", e);
      }
    }
  }

  /** Behind it another protocol is spoken. */
  private boolean isSwitched() {
    return answers.getLast().status() == SWITCHING;
  }

  private Answer one() {
    String first = line();
    Matcher status = STATUS.matcher(first);
    require(status.matches(), "a status line", first);
    List<String> headers = new ArrayList<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      Matcher header = HEADER.matcher(line);
      require(header.matches(), "a header", line);
      headers.add(header.group(1).toLowerCase(Locale.ROOT) + ":" + header.group(2).strip());
    }
    int code = Integer.parseInt(status.group(1));
    Answer head = new Answer(code, headers, "");
    return new Answer(code, headers, body(head));
  }

  private String body(Answer head) {
    if (head.status() < 200 || head.status() == 204 || head.status() == 304) {
      return "";
    }
    if (head.header("transfer-encoding").isPresent()) {
      return chunks();
    }
    // What answers HEAD tells the length of nothing.
    boolean none = text.startsWith("HTTP/1.", position) || position == text.length();
    String length = head.header("content-length").orElse("0");
    return none ? "" : exactly(Integer.parseInt(length));
  }

  private String chunks() {
    if (position == text.length() || text.startsWith("HTTP/1.", position)) {
      return "";
    }
    StringBuilder body = new StringBuilder();
    while (true) {
      String size = line();
      require(CHUNK.matcher(size).matches(), "the size of a chunk", size);
      body.append(exactly(Integer.parseInt(size, 16)));
      String end = line();
      require(end.isEmpty(), "the end of a chunk", end);
      if (Integer.parseInt(size, 16) == 0) {
        return body.toString();
      }
    }
  }

  private String exactly(int length) {
    String part = text.substring(position, position + length);
    position += length;
    return part;
  }

  private String line() {
    int end = text.indexOf("\r\n", position);
    String line = text.substring(position, end < 0 ? text.length() + 1 : end);
    position = end + 2;
    return line;
  }

  private static void require(boolean holds, String expected, String got) {
    if (!holds) {
      throw new IllegalArgumentException("expected " + expected + ", got: " + got);
    }
  }
}
