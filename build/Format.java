import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Checks or applies google-java-format: {@code Format.java check|apply FOLDER...}. */
class Format {
  public static void main(String[] args) throws IOException {
    boolean apply = args[0].equals("apply");
    List<Path> wrong =
        Stream.of(args)
            .skip(1)
            .flatMap(Format::sources)
            .parallel()
            .filter(file -> differs(file, apply))
            .sorted()
            .toList();
    for (Path file : wrong) {
      System.err.println((apply ? "formatted " : "not formatted (run ./format): ") + file);
    }
    System.exit(wrong.isEmpty() || apply ? 0 : 1);
  }

  private static Stream<Path> sources(String folder) {
    try {
      return Files.walk(Path.of(folder)).filter(file -> file.toString().endsWith(".java"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean differs(Path file, boolean apply) {
    try {
      String before = Files.readString(file);
      String after = format(before);
      if (apply && !after.equals(before)) {
        Files.writeString(file, after);
      }
      return !after.equals(before);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (FormatterException e) {
      throw new IllegalStateException("tried to format " + file + " but " + e.getMessage(), e);
    }
  }

  private static String format(String source) throws FormatterException {
    String imports =
        ImportOrderer.reorderImports(
            RemoveUnusedImports.removeUnusedImports(source), JavaFormatterOptions.Style.GOOGLE);
    return new Formatter().formatSource(imports);
  }
}
