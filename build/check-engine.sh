# Sourced by ./check: a Docker engine of its own, which shares nothing with one that already runs.

engine_pid=
engine_host=unix://$work/engine.sock

# No bridge of its own and no firewall rules: a test whose containers listen makes a network and takes it away.
# One attempt: a pull that breaks off would be tried for 75 s, and one that breaks off by mistake would pass.
start_engine() {
  [ "$(id -u)" = 0 ] || {
    say "tried to start a Docker engine but only root may"
    return 1
  }
  dockerd --host "$engine_host" --data-root "$work/engine" --exec-root "$work/exec" \
    --pidfile "$work/engine.pid" --bridge=none --iptables=false --ip6tables=false \
    --max-download-attempts=1 \
    >"$work/engine.log" 2>&1 </dev/null &
  engine_pid=$!
  local try
  for ((try = 0; try < 150; try++)); do
    DOCKER_HOST=$engine_host docker version >/dev/null 2>&1 && return
    kill -0 "$engine_pid" 2>/dev/null || break
    sleep 0.2
  done
  say "tried to start a Docker engine but it does not answer"
  tail -n 20 "$work/engine.log"
  return 1
}

stop_engine() {
  [ -n "$engine_pid" ] || return 0
  kill "$engine_pid" 2>/dev/null
  wait "$engine_pid" 2>/dev/null
  engine_pid=
  local mount
  while read -r mount; do
    umount -l "$mount"
  done < <(cut -d' ' -f2 /proc/self/mounts | grep -F "$work/" | sort -r)
}
