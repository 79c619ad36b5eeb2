package io.slipway.hostile;

import io.slipway.hostile.HostileCase.Ending;
import java.util.Locale;

/**
 * Makes conversations that are nearly right HTTP/1.1: requests of the API from a grammar with wrong
 * words in it, and then with some bytes changed.
 */
final class HttpGrammar {
  private final Dice dice;
  private final HeaderGrammar headers;
  private final TargetGrammar target;

  HttpGrammar(Dice dice) {
    this.dice = dice;
    this.headers = new HeaderGrammar(dice);
    this.target = new TargetGrammar(dice);
  }

  HostileCase next() {
    int requests = dice.chance(0.7) ? 1 : 2 + dice.below(4);
    StringBuilder sent = new StringBuilder();
    for (int i = 0; i < requests; i++) {
      sent.append(request());
    }
    String text = sent.toString();
    if (dice.chance(0.3)) {
      text = new Mutation(dice).of(text);
    }
    Ending ending = dice.chance(0.92) ? Ending.ASK : dice.pick(Ending.HALF_CLOSE, Ending.RESET);
    return new HostileCase(ending, text);
  }

  private String request() {
    String method = method();
    String body = method.startsWith("P") || dice.chance(0.05) ? body() : "";
    String line = method + " " + target.of(method) + version() + end();
    String host = dice.chance(0.97) ? "Host: localhost\r\n" : "";
    return line + host + headers.some() + framed(body);
  }

  private String method() {
    if (dice.chance(0.06)) {
      return dice.pick(
          "get",
          "OPTIONS",
          "TRACE",
          "CONNECT",
          "PRI",
          "",
          "G T",
          "G\0T",
          "GE\tT",
          "\u00c4",
          "X".repeat(100),
          "PATCHES",
          "PROPFIND",
          "(",
          "GET\r\n");
    }
    return dice.pick("GET", "GET", "GET", "HEAD", "PUT", "PUT", "POST", "PATCH", "DELETE");
  }

  private String version() {
    if (dice.chance(0.95)) {
      return " HTTP/1.1";
    }
    return dice.pick(
        " HTTP/1.0",
        " HTTP/1.0",
        "",
        " HTTP/2.0",
        " HTTP/0.9",
        " HTTP/1.10",
        " http/1.1",
        " HTTP/999999999999.1",
        " HTTP/1.1 ",
        "  HTTP/1.1",
        " HTTP/",
        " ICY 200",
        "\tHTTP/1.1",
        " HTTP/-1.1",
        " HTTP/1.1\0");
  }

  private String end() {
    return dice.chance(0.98) ? "\r\n" : dice.pick("\n", "\r", "\r\r\n", "\n\r", "");
  }

  private String body() {
    return switch (dice.below(6)) {
      case 0 -> "";
      case 1 -> FuzzContent.latin1(FuzzContent.BLOB);
      case 2 -> dice.bytes(dice.below(3000));
      default -> new JsonGrammar(dice).manifest();
    };
  }

  /** Ends the head and adds the body, mostly as one of the two ways to tell its length. */
  private String framed(String body) {
    if (dice.chance(0.08)) {
      return framedTwice(body);
    }
    if (body.isEmpty() && dice.chance(0.8)) {
      return "\r\n";
    }
    if (dice.chance(0.25)) {
      return "Transfer-Encoding: chunked\r\n\r\n" + chunked(body);
    }
    String length = dice.chance(0.95) ? Integer.toString(body.length()) : dice.number();
    return "Content-Length: " + length + "\r\n\r\n" + body;
  }

  private String framedTwice(String body) {
    String length = "Content-Length: " + body.length() + "\r\n";
    String chunked = "Transfer-Encoding: chunked\r\n";
    String coding =
        dice.pick(
            "identity",
            "gzip, chunked",
            "chunked, identity",
            "chunked, chunked",
            "xchunked",
            " chunked",
            "\u000bchunked",
            "chunked\0",
            "Chunked",
            "chunked;q=1",
            ",chunked",
            "\"chunked\"");
    return dice.pick(
            length + chunked,
            chunked + length,
            length + length,
            length + "Content-Length: " + dice.number() + "\r\n",
            "Content-Length: " + body.length() + ", " + body.length() + "\r\n",
            "Content-Length : " + body.length() + "\r\n",
            chunked + chunked,
            "Transfer-Encoding: " + coding + "\r\n",
            length + "Transfer-Encoding: " + coding + "\r\n",
            "Transfer-Encoding : chunked\r\n",
            "Transfer-Encoding:\r\n chunked\r\n",
            "X: y\nTransfer-Encoding: chunked\r\n")
        + "\r\n"
        + (dice.chance(0.5) ? chunked(body) : body);
  }

  private String chunked(String body) {
    StringBuilder chunks = new StringBuilder();
    int position = 0;
    while (position < body.length()) {
      int size = Math.min(body.length() - position, 1 + dice.below(800));
      String digits = Integer.toHexString(size);
      chunks
          .append(dice.chance(0.97) ? digits : wrongSize(digits))
          .append(extension())
          .append(end());
      chunks.append(body, position, position + size).append(end());
      position += size;
    }
    return chunks + "0" + extension() + "\r\n" + trailer() + "\r\n";
  }

  private String wrongSize(String digits) {
    return dice.pick(
        "-1",
        "7fffffff",
        "80000000",
        "ffffffff",
        "ffffffffffffffff",
        "10000000000000000",
        "",
        "g",
        "0x" + digits,
        " " + digits,
        digits + " ",
        "0".repeat(300) + digits,
        "0".repeat(20_000),
        digits.toUpperCase(Locale.ROOT),
        "+" + digits,
        digits + "\0");
  }

  private String extension() {
    return dice.chance(0.95)
        ? ""
        : dice.pick(
            ";", ";a", ";a=b", ";a=\"b\r\nc\"", " ;a", ";\0", ";" + "a".repeat(20_000), ";a\n");
  }

  private String trailer() {
    return dice.chance(0.95)
        ? ""
        : dice.pick(
            "X: y\r\n",
            "Content-Length: 5\r\n",
            "Host: evil\r\n",
            "a\r\n",
            ": b\r\n",
            "X: " + "y".repeat(20_000) + "\r\n",
            "X: y\r\n".repeat(3000),
            " x\r\n",
            "X:\0\r\n");
  }
}
