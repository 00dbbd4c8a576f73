#!/usr/bin/env python3
"""Compares an export with the import file made from it, and shares no code with photofix.

    independent_check.py EXPORT IMPORT [--headerless] [--column NAME]

Every record must have the same fields but for the photo cell, and the photo cell may differ in its
host only: an address or a single-label name before, a dotted name after. The bytes outside the
photo cells that changed must be the same as well. Exit status 0 and `N records, M changed hosts`,
or 1 and the record that differs.
"""

import argparse
import csv
import io
import re
import sys

URL = re.compile(r"^([ \t]*[A-Za-z]+:[/\\]*(?:[^/\\?#]*@)?)(\[[^\]]*\]|[^/\\?#:@]*)(.*)$", re.DOTALL)


class Different(Exception):
    """The files differ in more than hosts."""


def text_of(data):
    """The text of a file, every byte of it recoverable, and the codec."""
    if data.startswith(b"\xff\xfe"):
        return data.decode("utf-16-le", "surrogatepass"), "utf-16-le"
    if data.startswith(b"\xfe\xff"):
        return data.decode("utf-16-be", "surrogatepass"), "utf-16-be"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def delimiter_of(text):
    line = re.split(r"[\r\n]", text, maxsplit=1)[0]
    return max(",\t;", key=line.count)


def records(text, delimiter):
    """Python's own reading of the file; blank lines are no records."""
    source = io.StringIO(text.lstrip("\ufeff"), newline="")
    return [row for row in csv.reader(source, delimiter=delimiter) if row]


def photo_field(rows, arguments):
    if arguments.headerless:
        return {24: 17, 17: 16}[len(rows[0])]
    wanted = arguments.column.lower()
    return [name.strip().lower() for name in rows[0]].index(wanted)


def host_change(old, new):
    """The hosts before and after, when nothing else of the cell differs."""
    before, after = URL.match(old), URL.match(new)
    if not before or not after:
        raise Different(f"no URL: {old!r} -> {new!r}")
    if (before[1], before[3]) != (after[1], after[3]):
        raise Different(f"more than the host: {old!r} -> {new!r}")
    if "." not in after[2] or not re.fullmatch(r"[a-z0-9.-]*[a-z][a-z0-9-]*", after[2]):
        raise Different(f"the new host is no name: {new!r}")
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*(\.[A-Za-z0-9-]+)*\.[A-Za-z-]+", before[2]):
        raise Different(f"the old host was a name already: {old!r}")
    return before[2], after[2]


def compare(export, import_file, arguments):
    old_text, codec = text_of(export)
    new_text = import_file.decode(codec, "surrogatepass" if "16" in codec else "strict")
    delimiter = delimiter_of(old_text)
    old_rows, new_rows = records(old_text, delimiter), records(new_text, delimiter)
    if len(old_rows) != len(new_rows):
        raise Different(f"{len(old_rows)} records before, {len(new_rows)} after")
    photo = photo_field(old_rows, arguments)
    changes = []
    for number, (old, new) in enumerate(zip(old_rows, new_rows)):
        if len(old) != len(new):
            raise Different(f"record {number}: {len(old)} fields before, {len(new)} after")
        for field, (was, now) in enumerate(zip(old, new)):
            if was == now:
                continue
            if field != photo:
                raise Different(f"record {number}, field {field + 1}: {was!r} -> {now!r}")
            changes.append(host_change(was, now))
    # And the bytes: walk both files, and where they part, exactly the next change must follow.
    at_old = at_new = 0
    for was, now in changes:
        was, now = was.encode(codec), now.encode(codec)
        # The same text may stand elsewhere; the change is where the files part.
        same = common(export, import_file, at_old, at_new)
        here = export.rfind(was, at_old, at_old + same + len(was))
        moved = here - at_old
        if here < 0 or not import_file.startswith(now, at_new + moved):
            raise Different(f"bytes from {at_old + same} differ, and no host moved there")
        if export[at_old:here] != import_file[at_new:at_new + moved]:
            raise Different(f"bytes between {at_old} and {here} differ")
        at_old, at_new = here + len(was), at_new + moved + len(now)
    if export[at_old:] != import_file[at_new:]:
        raise Different(f"bytes from {at_old} to the end differ")
    return len(old_rows) - (not arguments.headerless), len(changes)


def common(a, b, at_a, at_b):
    """How many bytes are the same from two places on."""
    low, high = 0, min(len(a) - at_a, len(b) - at_b)
    while low < high:
        middle = (low + high + 1) // 2
        if a[at_a:at_a + middle] == b[at_b:at_b + middle]:
            low = middle
        else:
            high = middle - 1
    return low


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("export")
    parser.add_argument("import_file")
    parser.add_argument("--headerless", action="store_true")
    parser.add_argument("--column", default="userProfilePhotoURL")
    arguments = parser.parse_args()
    csv.field_size_limit(1 << 30)
    with open(arguments.export, "rb") as old, open(arguments.import_file, "rb") as new:
        try:
            counted, changed = compare(old.read(), new.read(), arguments)
        except Different as difference:
            print(f"different: {difference}")
            sys.exit(1)
    print(f"{counted} records, {changed} changed hosts")


if __name__ == "__main__":
    main()
