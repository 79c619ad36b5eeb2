package io.slipway.database;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One numbered step of the schema, as the program brings it. */
record Migration(int version, String name, String script) {
  private static final Pattern NAME = Pattern.compile("(\\d{3})-[a-z0-9-]+\\.sql");

  static Migration of(String name, String script) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      throw new IllegalStateException(
          "tried to read the migration '" + name + "' but expected a name like 001-schema.sql");
    }
    // A checkout with other line ends is the same migration.
    return new Migration(Integer.parseInt(matcher.group(1)), name, script.replace("\r\n", "\n"));
  }

  String checksum() {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
