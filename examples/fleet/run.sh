#!/usr/bin/env bash
# The fleet without containers: the same programs, environment and hooks.conf.template as compose.yaml, on ports that are free, in a
# folder that is gone in the end. Needs Debian's packages nginx-light and postgresql. Ctrl-C ends it.
#
# STRIPE_WEBHOOK_SECRET is made up unless it is set; BIN is where the programs are, which are built unless it is set.
set -euo pipefail
shopt -s nullglob
cd "$(dirname "$0")"

versions=(/usr/lib/postgresql/*/bin)
PATH="$PATH:/usr/sbin${versions[*]:+:$(printf '%s\n' "${versions[@]}" | sort -V | tail -n 1)}"
for program in nginx initdb postgres setpriv; do
    command -v "$program" >/dev/null || { echo "$program is missing: apt-get install nginx-light postgresql" >&2; exit 1; }
done
if [ -z "${BIN:-}" ]; then
    cargo build --release --package fleet --bins --target-dir ../../target
    BIN=../../target/release
fi
BIN=$(cd "$BIN" && pwd)

room=$(mktemp -d)
chmod 711 "$room" # Servers that are started as root give that up, and are to find their files.
declare -A process=()

# start NAME COMMAND…: in the background, and in a group of its own, so that Ctrl-C is this script's alone.
start() {
    local name=$1
    shift
    setsid "$@" >>"$room/$name.log" 2>&1 &
    process[$name]=$!
    echo "$name is process $!"
}

# stop SIGNAL NAME…: and wait for their ends.
stop() {
    local signal=$1 name
    shift
    for name; do kill "-$signal" "${process[$name]:-}" 2>/dev/null || true; done
    for name; do wait "${process[$name]:-}" 2>/dev/null || true; done
}

# Who is called first ends first: nobody calls what has ended.
end() {
    trap '' INT TERM
    stop QUIT nginx
    stop TERM axum-1 axum-2 actix-1
    stop INT postgres
    rm -rf "$room"
}
trap end EXIT
trap 'exit 0' INT TERM

# ready NAME COMMAND…: waits until the command says so.
ready() {
    local name=$1
    shift
    for _ in {1..600}; do
        if "$@"; then return; fi
        kill -0 "${process[$name]}" 2>/dev/null || break
        sleep 0.1
    done
    echo "$name does not start:" >&2
    cat "$room/$name.log" >&2
    exit 1
}

# An address that is this machine's and nobody else's, and ports on which nobody listens at every address.
host=127.$((RANDOM % 254 + 1)).$((RANDOM % 254 + 1)).$((RANDOM % 254 + 1))
listens() { (: <>"/dev/tcp/$host/$1") 2>/dev/null; }
free() { while printf -v "$1" '%d' $((RANDOM % 20000 + 10000)) && listens "${!1}"; do :; done; }
for port in database front axum_1 axum_2 actix_1; do free "$port"; done

# PostgreSQL, which refuses to be root.
password=$(tr -dc a-z0-9 </dev/urandom | head -c 24 || true)
(umask 077 && echo "$password" >"$room/password")
as=()
if [ "$(id -u)" = 0 ]; then
    as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
    chown postgres "$room" "$room/password"
fi
"${as[@]}" initdb --username=hooks --auth=scram-sha-256 --pwfile="$room/password" --encoding=UTF8 --no-locale --no-sync \
    --pgdata="$room/data" >"$room/initdb.log" 2>&1 || { cat "$room/initdb.log" >&2; exit 1; }
start postgres "${as[@]}" postgres -D "$room/data" -p "$database" -c "listen_addresses=$host" -c unix_socket_directories=
ready postgres pg_isready --quiet --host="$host" --port="$database"

# The nodes.
export DATABASE_URL="postgres://hooks:$password@$host:$database/postgres"
export STRIPE_WEBHOOK_SECRET=${STRIPE_WEBHOOK_SECRET:-whsec_$(tr -dc A-Za-z0-9 </dev/urandom | head -c 32 || true)}
node() {
    case $1 in
        axum-1) start "$1" env LISTEN="$host:$axum_1" "$BIN/fleet-axum" ;;
        axum-2) start "$1" env LISTEN="$host:$axum_2" "$BIN/fleet-axum" ;;
        actix-1) start "$1" env LISTEN="$host:$actix_1" "$BIN/fleet-actix" ;;
    esac
}
for name in axum-1 axum-2 actix-1; do node "$name"; done
ready axum-1 listens "$axum_1"
ready axum-2 listens "$axum_2"
ready actix-1 listens "$actix_1"

# nginx, with all its files in the folder.
sed -e "s/\${AXUM_1}/$host:$axum_1/; s/\${AXUM_2}/$host:$axum_2/; s/\${ACTIX_1}/$host:$actix_1/; s/\${LISTEN}/$host:$front/" \
    hooks.conf.template >"$room/hooks.conf"
cat >"$room/nginx.conf" <<END
daemon off;
worker_processes 2;
pid nginx.pid;
error_log stderr;
events {}
http {
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include hooks.conf;
}
END
start nginx nginx -e stderr -p "$room/" -c "$room/nginx.conf"
ready nginx listens "$front"

# What is secret is not shown: it stands in files that only this user can read.
(umask 077 && echo "$STRIPE_WEBHOOK_SECRET" >"$room/secret" && echo "$DATABASE_URL" >"$room/database")
cat <<END

the fleet is at http://$host:$front/webhooks/stripe, until Ctrl-C
  send:  STRIPE_WEBHOOK_SECRET=\$(cat $room/secret) hookporter send --provider stripe \\
             --secret-env STRIPE_WEBHOOK_SECRET --event invoice.paid --url http://$host:$front/webhooks/stripe
  look:  psql "\$(cat $room/database)" -c 'SELECT * FROM hookporter.journal'
  logs:  tail -f $room/*.log
  break: kill -9 ${process[axum-1]}
END

# A node that ends is started again, as `restart: unless-stopped` has it.
while sleep 1 & wait $!; do
    for name in axum-1 axum-2 actix-1; do
        kill -0 "${process[$name]}" 2>/dev/null || node "$name"
    done
done
