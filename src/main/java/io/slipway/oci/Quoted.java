package io.slipway.oci;

/** Makes a client's text safe to repeat in a message: quoted, cut, without control characters. */
final class Quoted {
  private static final int LIMIT = 128;

  private Quoted() {}

  static String of(String text) {
    StringBuilder quoted = new StringBuilder(Math.min(text.length(), LIMIT) + 5).append('"');
    for (int i = 0; i < text.length() && i < LIMIT; i++) {
      char c = text.charAt(i);
      quoted.append(c < ' ' || c == '"' || c == 0x7f ? '?' : c);
    }
    return quoted.append(text.length() > LIMIT ? "…\"" : "\"").toString();
  }
}
