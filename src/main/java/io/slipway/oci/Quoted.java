package io.slipway.oci;

/** Makes a client's text safe to repeat in a message: quoted, cut, without control characters. */
public final class Quoted {
  private static final int LIMIT = 128;

  private Quoted() {}

  public static String of(String text) {
    int end = Math.min(text.length(), LIMIT);
    if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    StringBuilder quoted = new StringBuilder(end + 3).append('"');
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      quoted.append(c == '"' || Character.isISOControl(c) ? '?' : c);
    }
    return quoted.append(end < text.length() ? "…\"" : "\"").toString();
  }
}
