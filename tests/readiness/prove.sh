#!/bin/sh
# Run all tests of readiness with this Python, as the user who asks, and the table of programs once more as an ordinary
# user where that is root; then make the tables of the documentation from what was recorded.
set -u
python=$1
shift
record=$(mktemp) && trap 'rm -rf "$record" "$home"' EXIT
home=$(mktemp -d)
cp tests/readiness/results.json "$record"
export BGTERM_READINESS=all READINESS_RECORD="$record"

"$python" -m pytest -p no:cacheprovider --numprocesses 2 --dist worksteal tests/readiness "$@"
status=$?
if [ "$(id -u)" -eq 0 ]; then
	chmod 666 "$record"
	chown nobody "$home"
	as_nobody="setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME=$home PYTHONDONTWRITEBYTECODE=1"
	if $as_nobody "$python" -c 'import pytest' 2>/dev/null; then
		$as_nobody "$python" -m pytest -p no:cacheprovider --numprocesses 2 --dist worksteal tests/readiness/test_table.py "$@" || status=1
	else
		echo "nobody may not run $python: make readiness PYTHON=/usr/bin/python3 VENV=/tmp/readiness" >&2
		status=1
	fi
fi
cat "$record" >tests/readiness/results.json
"$python" tests/tables.py
exit "$status"
