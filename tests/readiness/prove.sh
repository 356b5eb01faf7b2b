#!/bin/sh
# Run all tests of readiness with this Python, as the user who asks, and the table of programs once more as an ordinary
# user where that is root. What is measured on an idle machine is run apart from what makes it busy. Then the tables of
# the documentation are made from what was recorded.
set -u
python=$1
shift
record=$(mktemp)
home=$(mktemp -d)
trap 'rm -rf "$record" "$home"' EXIT
cp tests/readiness/results.json "$record"
export BGTERM_READINESS=all READINESS_RECORD="$record"
status=0

prove() { # the tests of $1, as the command in the rest, if there is any
	tests=$1
	shift
	"$@" "$python" -m pytest -p no:cacheprovider --numprocesses 2 --dist worksteal "$tests" -k "not loaded" || status=1
	"$@" "$python" -m pytest -p no:cacheprovider "$tests" -k loaded || status=1
}

prove tests/readiness env "$@"
if [ "$(id -u)" -eq 0 ]; then
	chmod 666 "$record"
	chown nobody "$home"
	set -- setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME="$home" PYTHONDONTWRITEBYTECODE=1 "$@"
	if "$@" "$python" -c 'import pytest' 2>/dev/null; then
		prove tests/readiness/test_table.py "$@"
	else
		echo "nobody may not run $python: make readiness PYTHON=/usr/bin/python3 VENV=/tmp/readiness" >&2
		status=1
	fi
fi
cat "$record" >tests/readiness/results.json
"$python" tests/tables.py
exit "$status"
