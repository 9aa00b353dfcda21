#!/bin/sh
# Draw the secrets of compose.yaml into deploy/secrets; those that exist stay as they are.
set -eu
folder="${1:-$(dirname "$0")/secrets}"
mkdir -p "$folder"
chmod 700 "$folder" # the files are bound into containers of other users, so they are readable

draw() {
  od -An -N 24 -t x1 /dev/urandom | tr -d ' \n'
}

keep() { # keep NAME TEXT
  if [ ! -e "$folder/$1" ]; then
    printf '%s' "$2" > "$folder/$1"
    chmod 444 "$folder/$1"
    echo "$folder/$1 is new"
  fi
}

keep postgres_password "$(draw)"
keep grafana_password "$(draw)"
keep database_url "postgresql://tapeloom:$(cat "$folder/postgres_password")@postgres:5432/tapeloom"
