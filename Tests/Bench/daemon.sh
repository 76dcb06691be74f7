# Sourced by `run` and `compare`: a guoband on a ledger of its own with one pass to verify.
#
#   tools DIR            compile the load generator and the counter of allocations
#   daemon BIN DIR       start BIN/guoband on DIR; sets $pid, $address, $number and TOKEN
#   load IN_FLIGHT METHOD [TEXT]

connections=${CONNECTIONS:-50}
seconds=${TIME:-5}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

tools() {
  mkdir -p "$1"
  cc -O2 -Wall -Wextra -Werror -o "$1/guoban-load" "$here/load.c"
  cc -O2 -Wall -Wextra -Werror -shared -fPIC -o "$1/allocations.so" "$here/allocations.c"
  tools=$1
}

daemon() {
  local bin=$1 data=$2 ctl=${CTL:-$1/guobanctl} port
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  # The load comes from one principal, at a rate that no single service has.
  local rate=()
  if "$bin/guoband" config 2>/dev/null | grep requestsPerSecondMax >/dev/null; then
    rate=(--set rpc.requestsPerSecondMax=10000000 --set rpc.requestBurstMax=10000000)
  fi
  "$bin/guoband" run "${rate[@]}" --data-dir "$data" --set listen.tcpEnabled=true --set listen.tcpHost=127.0.0.1 \
    --set listen.tcpPort="$port" --set snapshots.schedule= --set logs.level=error >"$data.log" 2>&1 &
  pid=$!
  for _ in $(seq 300); do
    if "$ctl" health --data-dir "$data" >/dev/null 2>&1; then break; fi
    kill -0 "$pid" 2>/dev/null || { cat "$data.log" >&2; return 1; }
    sleep 0.1
  done
  if [ ! -s "$data.pass" ]; then
    "$ctl" sample --into "$data.sample" >/dev/null
    "$ctl" import "$data.sample" --data-dir "$data" >/dev/null
    "$ctl" pass issue --division 430500 --kind province --plate 湘E12345 --plate-color yellow --goods 生活物资 \
      --load-tonnes 26.17 --origin 430500 --destination 430000 --condition driver-stays-in-cab --holder-name 张三丰 \
      --holder-phone 13812341234 --json --data-dir "$data" | sed -n 's/.*"number": *"\([0-9]*\)".*/\1/p' \
      | head -n 1 >"$data.pass"
  fi
  number=$(cat "$data.pass")
  address=127.0.0.1:$port
  TOKEN=$(cat "$data/token")
  export TOKEN
}

stop() {
  kill -TERM "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
}

load() { "$tools/guoban-load" "$address" "$connections" "$1" "$seconds" "${@:2}"; }
