# Sourced by what starts the server: docs/adr/001-jdk-25-and-flags.md and 006-collector-and-allocator.md say why these.
jvm_flags="-XX:+UseSerialGC -Xmx256m -Xms64m -XX:NewSize=20m -XX:NewRatio=5 -XX:SurvivorRatio=2 -XX:TargetSurvivorRatio=90 -XX:TrimNativeHeapInterval=2000 -XX:MaxDirectMemorySize=128m
  -XX:ReservedCodeCacheSize=64m -Xss512k
  -XX:+ExitOnOutOfMemoryError -Djdk.reflect.useNativeAccessorOnly=true -Dio.netty.allocator.type=pooled -Dio.netty.jfr.enabled=false
  --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
  --add-opens java.base/java.security=ALL-UNNAMED --add-opens java.base/sun.security.provider=ALL-UNNAMED"
