#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A PostgreSQL for the tests, in a temporary folder, under an account without
# rights: postgres where there is one, else nobody.
#
#   dsn=$(.ci/postgres.sh start DIR [PORT])   starts it, prints its DSN
#   .ci/postgres.sh stop DIR                  stops it and removes DIR
#
# The server listens on 127.0.0.1 and on a socket in DIR alone. It keeps its
# promises about durability (fsync stays on), as the tests ask for them.
# PGBIN names the folder of initdb and pg_ctl where it is not found.
set -eu

command=${1:?start or stop}
dir=${2:?folder of the server}
port=${3:-54321}

find_bin() {
	if [ -n "${PGBIN:-}" ]; then
		echo "$PGBIN"
		return
	fi
	for bin in /usr/lib/postgresql/*/bin; do
		[ -x "$bin/initdb" ] && found=$bin
	done
	[ -n "${found:-}" ] || {
		echo "no PostgreSQL here: install it, or set PGBIN to its folder of programs" >&2
		exit 2
	}
	echo "$found"
}

# PostgreSQL refuses to run as root.
as_server() {
	if [ "$(id -u)" -ne 0 ]; then
		(cd "$dir" && "$@")
	elif id postgres >/dev/null 2>&1; then
		(cd "$dir" && runuser -u postgres -- "$@")
	else
		(cd "$dir" && runuser -u nobody -- "$@")
	fi
}

bin=$(find_bin)
case $command in
start)
	mkdir -p "$dir"
	if [ "$(id -u)" -eq 0 ]; then
		owner=nobody
		id postgres >/dev/null 2>&1 && owner=postgres
		chown "$owner" "$dir"
	fi
	chmod 700 "$dir"
	if [ ! -e "$dir/data/PG_VERSION" ]; then
		as_server "$bin/initdb" -D "$dir/data" -U recount -A trust -E UTF8 --no-locale >"/dev/null"
	fi
	as_server "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 \
		-o "-p $port -h 127.0.0.1 -k $dir -c max_connections=200" start >/dev/null
	echo "postgres://recount@127.0.0.1:$port/postgres?sslmode=disable"
	;;
stop)
	as_server "$bin/pg_ctl" -D "$dir/data" -m fast -w stop >/dev/null || true
	rm -rf "$dir"
	;;
*)
	echo "start or stop, not $command" >&2
	exit 64
	;;
esac
