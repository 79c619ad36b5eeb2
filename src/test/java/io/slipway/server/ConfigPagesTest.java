package io.slipway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.runtime.ConfigKey;
import io.slipway.runtime.ConfigLoader;
import io.slipway.runtime.ConfigSources;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the default file, the documentation and the JSON Schema to the records. */
class ConfigPagesTest {
  private static final Path FILE = Path.of("src/main/resources/conf/registry.yaml");
  private static final Path PAGE = Path.of("docs/configuration.md");
  private static final String BEGIN = "<!-- keys: begin -->\n";
  private static final String END = "<!-- keys: end -->\n";

  private final ConfigLoader<RegistryConfig> loader = RegistryConfig.loader();

  @TempDir Path folder;

  @Test
  void fileHasEveryKeyWithItsDefault() throws IOException {
    assertSame(FILE, ConfigPages.file(loader));
  }

  @Test
  void pageHasEveryKeyWithItsVariableAndDefault() throws IOException {
    String page = Files.readString(PAGE);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    String wanted =
        page.substring(0, begin) + ConfigPages.tables(loader) + page.substring(page.indexOf(END));
    assertSame(PAGE, wanted);
  }

  @Test
  void fileChangesNothing() {
    assertThat(load(FILE)).isEqualTo(RegistryConfig.standard());
  }

  @Test
  void fileStaysRightWhenEveryDefaultIsWrittenOut() throws IOException {
    String all = Files.readString(FILE).replaceAll("(?m)^( *)#([a-z_]+: \\S.*)$", "$1$2");
    assertThat(all).contains("\n  host: 127.0.0.1\n");
    assertThat(load(Files.writeString(folder.resolve("all.yaml"), all)))
        .isEqualTo(RegistryConfig.standard());
  }

  @Test
  void schemaHasEveryKey() {
    for (ConfigKey key : loader.keys()) {
      JsonObject schema = loader.schema();
      for (String name : key.path().split("\\.", -1)) {
        assertThat(schema.getBoolean("additionalProperties")).isFalse();
        schema = schema.getJsonObject("properties").getJsonObject(name);
        assertThat(schema).as(key.path()).isNotNull();
      }
      assertThat(schema.getString("description")).isEqualTo(key.doc());
      assertThat(schema.containsKey("default")).isEqualTo(key.standard() != null);
    }
  }

  @Test
  void schemaKnowsTypes() {
    JsonObject http = properties("http");
    assertThat(http.getJsonObject("port").getString("type")).isEqualTo("integer");
    assertThat(http.getJsonObject("port").getValue("default")).isEqualTo(5000);
    assertThat(http.getJsonObject("access_log").getValue("default")).isEqualTo(true);
    assertThat(http.getJsonObject("allowed_hosts").getValue("default")).isEqualTo(new JsonArray());
    assertThat(properties("log").getJsonObject("format").getJsonArray("enum"))
        .containsExactly("text", "json");
  }

  private JsonObject properties(String section) {
    return loader
        .schema()
        .getJsonObject("properties")
        .getJsonObject(section)
        .getJsonObject("properties");
  }

  private RegistryConfig load(Path file) {
    return loader.load(new ConfigSources(file, Map.of(), Map.of())).config();
  }

  private static void assertSame(Path file, String wanted) throws IOException {
    Path fresh = Path.of("target").resolve(file.getFileName());
    Files.writeString(fresh, wanted);
    assertThat(file).as("copy " + fresh + " over it").hasContent(wanted);
  }
}
