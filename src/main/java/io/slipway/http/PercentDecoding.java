package io.slipway.http;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Decodes percent-encoded text (RFC 3986, section 2.1); a plus sign stays one. */
public final class PercentDecoding {
  private PercentDecoding() {}

  /**
   * Decodes the path of a request. An encoded slash stays encoded, for it separates nothing.
   *
   * @throws RegistryException {@link ErrorCode#BAD_REQUEST} when an escape is malformed
   */
  public static String path(String text) {
    return text.indexOf('%') < 0 ? text : decode(text, true);
  }

  /**
   * Decodes a part of a query.
   *
   * @throws RegistryException {@link ErrorCode#BAD_REQUEST} when an escape is malformed
   */
  public static String query(String text) {
    return text.indexOf('%') < 0 ? text : decode(text, false);
  }

  private static String decode(String text, boolean keepSlash) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '%') {
        bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
        continue;
      }
      int high = i + 2 < text.length() ? hexDigit(text.charAt(i + 1)) : -1;
      int low = i + 2 < text.length() ? hexDigit(text.charAt(i + 2)) : -1;
      if (high < 0 || low < 0) {
        throw malformed(null);
      }
      int value = high * 16 + low;
      if (value < ' ') {
        throw malformed(value);
      }
      if (value == '/' && keepSlash) {
        bytes.writeBytes("%2F".getBytes(StandardCharsets.US_ASCII));
      } else {
        bytes.write(value);
      }
      i += 2;
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Knows only the digits of ASCII, unlike Character. */
  private static int hexDigit(char c) {
    return HexFormat.isHexDigit(c) ? HexFormat.fromHexDigit(c) : -1;
  }

  private static RegistryException malformed(@Nullable Integer value) {
    return new RegistryException(
        ErrorCode.BAD_REQUEST,
        value == null
            ? "tried to read the request's address but a % in it is not followed by two hexadecimal"
                + " digits"
            : "tried to read the request's address but it holds the control character " + value);
  }
}
