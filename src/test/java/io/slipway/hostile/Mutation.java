package io.slipway.hostile;

/** Changes a few bytes of what was nearly right. */
record Mutation(Dice dice) {
  String of(String text) {
    StringBuilder bytes = new StringBuilder(text);
    int changes = 1 + dice.below(3);
    for (int i = 0; i < changes && !bytes.isEmpty(); i++) {
      // Mostly in the head, where it matters.
      int reach = dice.chance(0.7) ? Math.min(bytes.length(), 300) : bytes.length();
      change(bytes, dice.below(reach));
    }
    return bytes.toString();
  }

  private void change(StringBuilder bytes, int at) {
    int length = Math.min(1 + dice.below(20), bytes.length() - at);
    switch (dice.below(7)) {
      case 0 -> bytes.setCharAt(at, (char) dice.below(256));
      case 1 -> bytes.setCharAt(at, (char) (bytes.charAt(at) ^ (1 << dice.below(8))));
      case 2 -> bytes.delete(at, at + length);
      case 3 -> bytes.insert(at, bytes.substring(at, at + length));
      case 4 ->
          bytes.insert(
              at, dice.pick("\0", "\r", "\n", "\r\n", "\r\n\r\n", " ", "\t", ":", "%", "\u00ff"));
      case 5 -> bytes.insert(at, dice.number());
      default -> bytes.setLength(at);
    }
  }
}
