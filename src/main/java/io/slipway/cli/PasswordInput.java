package io.slipway.cli;

import io.slipway.runtime.Secret;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Asks for passwords, which are in no command line because everybody can read that. */
interface PasswordInput {

  /** Asks for a password that is known already. Blocks. */
  Secret ask(String prompt) throws IOException;

  /** Asks for a new password, twice where nobody sees what they type. Blocks. */
  Secret askNew(String prompt) throws IOException;

  /** Reads them from a stream, one in a line. */
  static PasswordInput ofLines(InputStream in) {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    return new PasswordInput() {
      @Override
      public Secret ask(String prompt) throws IOException {
        String line = lines.readLine();
        if (line == null) {
          throw new IOException(
              "tried to read a password but the standard input has no more lines");
        }
        return Secret.of(line);
      }

      @Override
      public Secret askNew(String prompt) throws IOException {
        return ask(prompt);
      }
    };
  }

  /** Asks whoever sits at the terminal. */
  static PasswordInput ofTerminal() {
    return new PasswordInput() {
      @Override
      public Secret ask(String prompt) throws IOException {
        Console console = terminal();
        char @Nullable [] typed =
            console == null || !console.isTerminal() ? null : console.readPassword("%s: ", prompt);
        if (typed == null) {
          throw new IOException(
              "tried to ask for a password but there is no terminal: use --password-stdin");
        }
        return Secret.of(new String(typed));
      }

      @Override
      public Secret askNew(String prompt) throws IOException {
        Secret first = ask(prompt);
        if (!first.equals(ask(prompt + ", again"))) {
          throw new IOException("tried to set a password but it was not typed twice the same");
        }
        return first;
      }
    };
  }

  /** Null without a terminal: since 25 the console is again the one of java.base. */
  @SuppressWarnings("SystemConsoleNull")
  private static @Nullable Console terminal() {
    return System.console();
  }
}
