#!/usr/bin/env python3
# Reads the histories and, of WAL that was given up, the first and the last of its commits; and finds the restore
# points of a name. Looks at all WAL there is, of every timeline, also what is still arriving, compressed or not.
# Its input: {wals, streaming, bin, current, histories, name}.
# https://www.postgresql.org/docs/current/pgwaldump.html

import bz2, gzip, json, os, re, subprocess, sys, tempfile
given = json.load(sys.stdin)
os.environ.update(TZ="UTC", LC_ALL="C.UTF-8")
SEGMENT = re.compile("[0-9A-F]{24}(\\.partial)?$")
HISTORY = re.compile("([0-9A-F]{8})\\.history$")

def content(path):
    with open(path, "rb") as file:
        raw = file.read()
    if raw[:2] == b"\x1f\x8b":
        return gzip.decompress(raw)
    if raw[:4] == bytes.fromhex("28b52ffd"):
        import zstandard
        return zstandard.ZstdDecompressor().decompressobj().decompress(raw)
    if raw[:4] == bytes.fromhex("04224d18"):
        import lz4.frame
        return lz4.frame.decompress(raw)
    return bz2.decompress(raw) if raw[:3] == b"BZh" else raw

def number(lsn):
    high, low = lsn.split("/")
    return (int(high, 16) << 32) + int(low, 16)

segments, histories = {}, {int(key): value for key, value in given["histories"].items()}
for top in (given["streaming"], given["wals"]):
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            if SEGMENT.match(name):
                segments.setdefault(int(name[:8], 16), {})[name[:24]] = path
            elif HISTORY.match(name):
                lines = re.findall("^(\\d+)\\t(\\S+)", content(path).decode("utf-8", "replace"), re.M)
                histories[int(name[:8], 16)] = [[int(timeline), lsn] for timeline, lsn in lines]
current = given["current"] or max([1, *segments, *histories])
work = tempfile.TemporaryDirectory()

def dump(name, path, manager):
    copy = os.path.join(work.name, name)
    raw = content(path)
    if given["name"] is not None and manager == "XLOG" and given["name"].encode() not in raw:
        return len(raw), []
    with open(copy, "wb") as file:
        file.write(raw)
    program = [os.path.join(given["bin"], "pg_waldump"), copy] + (["--rmgr=" + manager] if manager else [])
    said = subprocess.run(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode("utf-8", "replace")
    os.unlink(copy)
    return len(raw), re.findall("lsn: ([0-9A-F]+/[0-9A-F]+), prev .*?desc: (.*)", said)

def commit(records, start, last):
    times = [desc for lsn, desc in records if number(lsn) >= start and desc.startswith(("COMMIT", "ABORT"))]
    found = [match.group(1) for match in (re.search("(\\d{4}-\\d\\d-\\d\\d [\\d:.]+) UTC", one) for one in times) if match]
    return found[-1 if last else 0] if found else None

def given_up(timeline, start):
    names = sorted(segments[timeline])
    size = dump(names[0], segments[timeline][names[0]], "Transaction")[0]
    names = [name for name in names if (int(name[8:16], 16) << 32) + (int(name[16:], 16) + 1) * size > start]
    first = last = end = begin = None
    for name in names:
        records = dump(name, segments[timeline][name], None)[1]
        begin = begin or next((lsn for lsn, _ in records if number(lsn) >= start), None)
        first = commit(records, start, False)
        if first:
            break
    for name in reversed(names):
        records = dump(name, segments[timeline][name], None)[1]
        end = end or next((lsn for lsn, _ in reversed(records) if number(lsn) >= start), None)
        last = commit(records, start, True)
        if last or not first:
            break
    return begin and end and {"timeline": timeline, "from": begin, "to": end, "first": first, "last": last}

lineage = {timeline: number(lsn) for timeline, lsn in histories.get(current, [])}
gone = []
for timeline in sorted(segments):
    if timeline == current:
        continue
    own = histories.get(timeline, [])
    start = lineage[timeline] if timeline in lineage else number(own[-1][1]) if own else 0
    gone.append(given_up(timeline, start))
points = []
if given["name"] is not None:
    for timeline in sorted(segments):
        for name in sorted(segments[timeline]):
            for lsn, desc in dump(name, segments[timeline][name], "XLOG")[1]:
                if desc == "RESTORE_POINT " + given["name"]:
                    # The first segment of a timeline begins with a copy of what came before.
                    owner = next((one for one, left in histories.get(timeline, []) if number(lsn) < number(left)), timeline)
                    if [owner, lsn] not in points:
                        points.append([owner, lsn])
points.sort(key=lambda point: number(point[1]))
print(json.dumps({"current": current, "histories": histories, "points": points, "gone": [one for one in gone if one]}))
