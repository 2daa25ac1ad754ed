"""Rights on a board that make measuring better: a script that grants them, records what was before, and takes them back.

The script is a constant of this file and runs as root; only names of rights, chosen from a fixed list, are put into it. Under
``/etc/flyweight`` it keeps mode and owner of every file it changes, so that undoing restores exactly them. Files of ``/sys``
forget their modes when the board starts; where systemd is there, a rule for systemd-tmpfiles sets them again.
"""

import shlex
from collections.abc import Iterable

from ..errors import AuthenticationError, RejectedError, UsageError
from .board_python import run_constant
from .transport import Transport

RIGHTS = ("governor", "pmic", "rapl", "gpu")

SCRIPT = r"""#!/bin/sh
# Flyweight: rights for measuring. Run as root:  sudo sh THIS [apply|undo] [USER]
set -eu
WANTED="@rights@"
act=${1:-apply}
user=${2:-${SUDO_USER:-$(id -un)}}
root=${FLYWEIGHT_ROOT:-}
state=$root/etc/flyweight
rules=$root/etc/tmpfiles.d/flyweight.conf
group=flyweight

files_of() {
  case $1 in
    governor) ls "$root"/sys/devices/system/cpu/cpufreq/policy*/scaling_governor 2>/dev/null || true ;;
    rapl) ls -d "$root"/sys/class/powercap/intel-rapl:*/energy_uj 2>/dev/null | grep -v 'rapl:[0-9]*:[0-9]' || true ;;
    gpu) ls "$root"/sys/class/devfreq/*.gpu/device/load "$root"/sys/class/devfreq/*.ga10b/device/load 2>/dev/null || true ;;
  esac
}

mode_of() {
  case $1 in governor) echo 664 ;; *) echo 440 ;; esac
}

undo() {
  [ -d "$state" ] || { echo "NOTHING-TO-UNDO"; return 0; }
  if [ -f "$state/modes" ]; then
    while read -r mode owner file; do
      [ -e "$file" ] || continue
      chmod "$mode" "$file" && chown "$owner" "$file"
    done < "$state/modes"
  fi
  if [ -f "$state/member" ]; then
    while read -r name of; do gpasswd -d "$name" "$of" >/dev/null 2>&1 || true; done < "$state/member"
  fi
  rm -f "$rules"
  if [ -f "$state/group" ]; then groupdel "$group" 2>/dev/null || true; fi
  rm -rf "$state"
  echo "UNDONE"
}

join() {  # user group
  if id -nG "$1" | tr ' ' '\n' | grep -qx "$2"; then return 0; fi
  usermod -aG "$2" "$1"
  echo "$1 $2" >> "$state/member"
}

apply() {
  mkdir -p "$state"
  chmod 755 "$state"
  touch "$state/modes" "$state/member"
  if ! getent group "$group" >/dev/null 2>&1; then groupadd -r "$group"; : > "$state/group"; fi
  join "$user" "$group"
  lines=
  for right in $WANTED; do
    if [ "$right" = pmic ]; then
      if [ -e "$root/dev/vcio" ] || [ -e "$root/dev/vcio_gencmd" ]; then join "$user" video; fi
      continue
    fi
    mode=$(mode_of "$right")
    for file in $(files_of "$right"); do
      grep -q " $file\$" "$state/modes" || stat -c '%a %U:%G %n' "$file" >> "$state/modes"
      chgrp "$group" "$file" && chmod "$mode" "$file"
      lines="$lines
z ${file#"$root"} 0$mode root $group"
    done
  done
  if [ -d "$root/etc/tmpfiles.d" ] && [ -n "$lines" ]; then
    printf '# Flyweight: rights for measuring; undo with: flyweight device setup NAME --undo%s\n' "$lines" > "$rules"
  fi
  echo "APPLIED"
}

case $act in
  apply) apply ;;
  undo) undo ;;
  *) echo "usage: sudo sh THIS [apply|undo] [USER]" >&2; exit 2 ;;
esac
"""

_ACTS = ("apply", "undo")
WITHOUT_PASSWORD = {
    act: "exec sh -c " + shlex.quote(f'if [ "$(id -u)" = 0 ]; then exec sh -s {act}; fi; exec sudo -n sh -s {act}')
    for act in _ACTS
}
WITH_PASSWORD = {act: f"exec sudo -k -S -p '' sh -s {act}" for act in _ACTS}
WHO = "exec sh -c " + shlex.quote("id -u; sudo -n true 2>/dev/null && echo FREE || true")


def script(rights: Iterable[str]) -> str:
    """The script that grants some rights.

    Raises:
        UsageError: a name that is no right.
    """
    wanted = tuple(dict.fromkeys(rights))
    unknown = [name for name in wanted if name not in RIGHTS]
    if unknown:
        raise UsageError("unknown-right", f"there is no right '{unknown[0][:40]}'", f"choose from: {', '.join(RIGHTS)}")
    return SCRIPT.replace("@rights@", " ".join(wanted))


def needs_no_password(transport: Transport, timeout_s: float) -> bool:
    """Whether the login is root's, or sudo asks it nothing."""
    who = run_constant(transport, WHO, b"", timeout_s).split()
    return who[:1] == ["0"] or "FREE" in who


def change(
    transport: Transport, rights: Iterable[str], *, undo: bool, free: bool, password: str | None, timeout_s: float
) -> None:
    """Run the script on a board as root.

    Args:
        transport: logged in as the user the agent runs as.
        rights: to be granted.
        undo: take back what was granted instead.
        free: no password is needed.
        password: for sudo, sent over the encrypted channel and kept nowhere; None where none was given.
        timeout_s: for all of it.

    Raises:
        AuthenticationError: sudo wants a password and none, or a wrong one, was given.
        RejectedError: the script failed; its words are in the message.
    """
    if not free and password is None:
        raise AuthenticationError(
            "sudo-password",
            "sudo on the board asks for a password",
            "run the command on a terminal, or write the script with --script and run it there",
        )
    command = (WITHOUT_PASSWORD if free else WITH_PASSWORD)["undo" if undo else "apply"]
    first = b"" if free or password is None else password.encode() + b"\n"
    said = run_constant(transport, command, first + script(rights).encode(), timeout_s)
    if any(word in said for word in ("APPLIED", "UNDONE", "NOTHING-TO-UNDO")):
        return
    last = said.strip().splitlines()[-1:] or ["it said nothing"]
    if not free and ("password" in said.lower() or not said.strip()):
        raise AuthenticationError("sudo-refused", f"sudo on the board refused: {last[0][:200]}", "try again")
    raise RejectedError(
        "setup-failed",
        f"the script failed on the board: {last[0][:300]}",
        "write it with --script and look at it there",
    )
