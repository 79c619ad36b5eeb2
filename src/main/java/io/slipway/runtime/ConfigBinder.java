package io.slipway.runtime;

import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes records from what was written, and sentences from what is wrong with it. */
final class ConfigBinder {
  private final Map<String, ConfigValue> values;
  private final List<String> problems;

  ConfigBinder(Map<String, ConfigValue> values, List<String> problems) {
    this.values = values;
    this.problems = problems;
  }

  /** Makes a section's record; null when a part of it is wrong. */
  @Nullable Object bind(ConfigSection section) {
    int before = problems.size();
    @Nullable Object[] arguments = new @Nullable Object[section.parts().size()];
    for (int i = 0; i < arguments.length; i++) {
      Object part = section.parts().get(i);
      arguments[i] = part instanceof ConfigSection inner ? bind(inner) : value((ConfigKey) part);
    }
    return problems.size() > before ? null : construct(section, arguments);
  }

  private @Nullable Object value(ConfigKey key) {
    ConfigValue written = written(key);
    if (written == null) {
      return null;
    }
    try {
      return key.type().value(written);
    } catch (IllegalArgumentException e) {
      problems.add(problem(key, written, key.expected()));
      return null;
    }
  }

  private @Nullable ConfigValue written(ConfigKey key) {
    ConfigValue written = values.get(key.path());
    if (written != null || key.standard() == null) {
      return written;
    }
    return ConfigValue.text(key.standard(), "the default");
  }

  private @Nullable Object construct(ConfigSection section, @Nullable Object[] arguments) {
    try {
      return section.constructor().newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof InvalidSettings invalid) {
        invalid.faults().forEach(fault -> problems.add(problem(section, fault)));
        return null;
      }
      throw new IllegalStateException("tried to make the configuration " + section.path(), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("tried to make the configuration " + section.path(), e);
    }
  }

  private String problem(ConfigSection section, InvalidSettings.Fault fault) {
    String path = section.path().isEmpty() ? fault.key() : section.path() + "." + fault.key();
    for (ConfigKey key : section.keys()) {
      if (key.path().equals(path)) {
        return problem(key, written(key), fault.expected());
      }
    }
    return path + ": expected " + fault.expected();
  }

  private static String problem(ConfigKey key, @Nullable ConfigValue written, String expected) {
    if (written == null) {
      return key.path() + ": it is not set but expected " + expected;
    }
    String shown = key.secret() ? Secret.REDACTED : "\"" + written.shown() + "\"";
    return key.path() + ": " + shown + " but expected " + expected + " (" + written.source() + ")";
  }
}
