package io.slipway.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Reads the version that the build wrote. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() throws IOException {
    Properties build = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("/slipway.properties")) {
      build.load(Objects.requireNonNull(in, "slipway.properties is missing from the jar"));
    }
    return new String[] {"Slipway " + build.getProperty("version")};
  }
}
