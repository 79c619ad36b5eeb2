package io.slipway.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one client sends on one connection, and how it ends.
 *
 * @param sent each character one byte; {@code {upload}} stands for an upload that is open
 */
record HostileCase(Ending ending, String sent) {
  /** What the client does when it has sent everything. */
  enum Ending {
    /** Asks for one thing more, and for the end of the connection. */
    ASK,
    /** Says that it will send no more, and listens. */
    HALF_CLOSE,
    /** Resets the connection. */
    RESET
  }

  /** A server that still knows where a request begins answers this one and hangs up. */
  private static final String LAST_WISH =
      "GET /v2/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

  private static final Pattern ESCAPE =
      Pattern.compile("\\\\(?:(r)|(n)|(\\\\)|x([0-9a-f]{2})|\\((\\d+)\\*(.)\\))");

  /** Reads a case as {@link #text} writes it; {@code \(9*a)} is nine times an a. */
  static HostileCase parse(String text) {
    int space = text.indexOf(' ');
    Matcher escape = ESCAPE.matcher(text.substring(space + 1));
    StringBuilder sent = new StringBuilder();
    while (escape.find()) {
      escape.appendReplacement(sent, Matcher.quoteReplacement(meaning(escape)));
    }
    return new HostileCase(
        Ending.valueOf(text.substring(0, space)), escape.appendTail(sent).toString());
  }

  private static String meaning(Matcher escape) {
    if (escape.group(1) != null) {
      return "\r";
    } else if (escape.group(2) != null) {
      return "\n";
    } else if (escape.group(3) != null) {
      return "\\";
    } else if (escape.group(4) != null) {
      return String.valueOf((char) Integer.parseInt(escape.group(4), 16));
    }
    return escape.group(6).repeat(Integer.parseInt(escape.group(5)));
  }

  /** Returns the cases of a file of the test resources; lines that begin with # explain. */
  static List<HostileCase> kept(String file) {
    try (InputStream in = HostileCase.class.getResourceAsStream("/hostile/" + file)) {
      if (in == null) {
        throw new IllegalArgumentException(file);
      }
      return new String(in.readAllBytes(), ISO_8859_1)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(HostileCase::parse)
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException(file, e);
    }
  }

  /** Returns it as one line of printable characters. */
  String text() {
    StringBuilder text = new StringBuilder(ending + " ");
    for (int i = 0; i < sent.length(); i++) {
      char c = sent.charAt(i);
      switch (c) {
        case '\r' -> text.append("\\r");
        case '\n' -> text.append("\\n");
        case '\\' -> text.append("\\\\");
        default -> {
          if (c >= ' ' && c < 127) {
            text.append(c);
          } else {
            text.append("\\x").append(Character.forDigit(c >> 4, 16));
            text.append(Character.forDigit(c & 15, 16));
          }
        }
      }
    }
    return text.toString();
  }

  /** Returns what goes over the wire. */
  byte[] bytes(String upload) {
    String last = ending == Ending.ASK ? LAST_WISH : "";
    return (sent.replace("{upload}", upload) + last).getBytes(ISO_8859_1);
  }
}
