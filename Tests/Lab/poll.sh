#!/bin/bash
# poll.sh WORKER-ROOT ENDPOINT ADDRESS...: asks every API server for /readyz several times a second until it is told to end, one
# line each time: time, "1" or "0" for the endpoint as the worker resolves it, "1" or "0" for any member. Run inside the lab.
set -uo pipefail
worker_root=$1 endpoint=$2
shift 2
urls=()
for address in "$@"; do urls+=(-o /dev/null "https://$address:6443/readyz"); done
while :; do
  now=$EPOCHREALTIME any=0 up=0
  target=$(awk -v name="$endpoint" '!/^#/ { for (i = 2; i <= NF; i++) if ($i == name) { print $1; exit } }' "$worker_root/etc/hosts")
  while read -r code url; do
    [[ $code == 200 ]] || continue
    any=1
    [[ $url != "https://$target:"* ]] || up=1
  done < <(curl -sk --parallel --connect-timeout 0.5 --max-time 1 -w '%{http_code} %{url_effective}\n' "${urls[@]}" 2>/dev/null)
  echo "$now $up $any"
  sleep 0.15
done
