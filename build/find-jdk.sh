# Sourced by the scripts at the root: find_jdk prints the folder of a JDK that is new enough.

java_release=${java_release:-25}

# Reads the release file rather than asking the JVM: a JVM takes longer to start than all of this.
jdk_fits() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  jdk_release=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [ -n "$jdk_release" ] && [ "$jdk_release" -ge "$java_release" ]
}

find_jdk() {
  if [ -n "${JAVA_HOME:-}" ] && jdk_fits "$JAVA_HOME"; then
    echo "$JAVA_HOME"
    return
  fi
  if jdk_java=$(command -v java); then
    jdk_java=$(readlink -f "$jdk_java" || echo "$jdk_java")
    jdk_on_path=$(dirname "$(dirname "$jdk_java")")
    if jdk_fits "$jdk_on_path"; then
      echo "$jdk_on_path"
      return
    fi
  fi
  for jdk_folder in /usr/lib/jvm/* /usr/java/* /usr/local/java/* /opt/* /opt/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/*/Contents/Home \
    "${HOME:-/}"/.sdkman/candidates/java/* "${HOME:-/}"/.jdks/* \
    "${HOME:-/}"/.local/share/mise/installs/java/*; do
    if jdk_fits "$jdk_folder"; then
      echo "$jdk_folder"
      return
    fi
  done
  return 1
}
