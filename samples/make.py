#!/usr/bin/env python3
"""Writes the sample exports: `make.py [FOLDER]`. Same bytes on every machine.

The files are written byte by byte and not by a CSV library, because what they are for is what a
library would put in order.
"""

import pathlib
import sys

HEADER = (
    "employeeID,displayName,firstName,lastName,email,userName,jobTitle,address1,address2,city,"
    "state,zipCode,ISOcountry,phoneBusinessISOCountry,phoneBusinessNumber,phoneMobileISOCountry,"
    "phoneMobileNumber,fax,policyGroupName,userProfilePhotoURL,activeConnect,center,"
    "storageAllocated,CUCMClusterName,businessUnit,IMLoggingEnable,endpointName,autoUpgradeSiteName"
).split(",")

# First and last names; the order is the order of the rows.
NAMES = [
    ("Jane", "Doe"), ("José", "Núñez"), ("Zoë", "Müller"), ("Łukasz", "Wójcik"), ("Øyvind", "Ångström"),
    ("Владимир", "Кузнецов"), ("Ольга", "Иванова"), ("小红", "王"), ("太郎", "佐藤"), ("민준", "김"),
    ("أحمد", "الحسن"), ("Pieter", "van den Berg"), ("Priya", "Raghunathan"), ("Zoe\u0308", "Nu\u0301n\u0303ez"),
]


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


class File:
    """An export in the making: text in, bytes out."""

    def __init__(self, columns, delimiter=",", ending="\r\n", quote_all=False):
        self.columns, self.delimiter, self.ending = columns, delimiter, ending
        self.quote_all = quote_all
        self.lines = []
        self.users = 0

    def cell(self, text):
        hurts = any(c in text for c in (self.delimiter, '"', "\r", "\n"))
        return quoted(text) if self.quote_all or hurts else text

    def header(self):
        self.raw(self.delimiter.join(self.cell(c) for c in self.columns))

    def raw(self, line):
        """A line as it stands."""
        self.lines.append(line + self.ending)

    def row(self, photo, **cells):
        """A user whose photo cell is `photo`; other cells are plausible unless given."""
        n = self.users
        self.users += 1
        first, last = NAMES[n % len(NAMES)]
        values = {
            "employeeID": f"{n:06}", "userSSOId": f"{n:06}",
            "displayName": f"{last}, {first}", "firstName": first, "lastName": last,
            "email": f"user{n:03}@corp.example.com", "userName": f"user{n:03}@corp.example.com",
            "jobTitle": "Engineer", "address1": f"{n + 1} Hauptstraße", "address2": "",
            "city": "München", "state": "BY", "zipCode": f"0{1067 + n}", "zip": f"0{1067 + n}",
            "ISOcountry": "DE", "country": "DE",
            "phoneBusinessISOCountry": "49", "phoneBusinessNumber": f"+49 89 {5550100 + n}",
            "phoneOffice": f"+49 89 {5550100 + n}", "phoneCell": f"004917155501{n:02}",
            "phoneMobileISOCountry": "49", "phoneMobileNumber": f"004917155501{n:02}",
            "fax": "-", "policyGroupName": "Default Policy Group", "homeGroupSSOId": "hq",
            "homeGroupName": "Zentrale", "userProfilePhotoURL": photo, "activeConnect": "Yes",
            "center": "No", "storageAllocated": "512", "CUCMClusterName": "cluster-01",
            "businessUnit": "IT", "IMLoggingEnable": "False", "IMloggingEnable": "False",
            "endpointName": "SEP001122334455", "EndPointName": "SEP001122334455",
            "autoUpgradeSiteName": "-", "TC": "1410000000001234",
        }
        values.update(cells)
        self.raw(self.delimiter.join(self.cell(values[c]) for c in self.columns))


def users():
    """Comma, UTF-8, CRLF: every host kind and every trap."""
    f = File(HEADER)
    f.header()
    # One of each endpoint of the lab's world, with what it is for.
    f.row("https://203.0.113.10/photos/u000.jpg")  # its PTR says so
    f.row("https://203.0.113.11/photos/u001.jpg")  # its certificate says so
    f.row("https://203.0.113.12:8443/photos/u002.jpg")  # a port; two address families
    f.row("https://[2001:db8::13]/photos/u003.jpg")  # IPv6
    f.row("https://203.0.113.14/photos/u004.jpg")  # PTR names a host that lives elsewhere
    f.row("https://203.0.113.15/photos/u005.jpg")  # webex.com.evil.example
    f.row("https://203.0.113.16/photos/u006.jpg")  # notwebex.com
    f.row("https://203.0.113.17/photos/u007.jpg")  # PTR without a forward answer
    f.row("https://203.0.113.18/photos/u008.jpg")  # expired certificate
    f.row("https://203.0.113.19/photos/u009.jpg")  # certificate for another name
    f.row("https://203.0.113.20/photos/u010.jpg")  # two equally good names
    f.row("https://203.0.113.21/photos/u011.jpg")  # SERVFAIL
    f.row("https://203.0.113.22/photos/u012.jpg")  # no answer at all
    f.row("https://203.0.113.23/photos/u013.jpg")  # missing intermediate
    f.row("https://203.0.113.24/photos/u014.jpg")  # only the map knows
    f.row("http://203.0.113.25/photos/u015.jpg")  # plain http
    f.row("https://203.0.113.26/photos/u016.jpg")  # DNS over TCP, CNAMEs
    f.row("https://203.0.113.27/photos/u017.jpg")  # named by other rows only
    f.row("https://img27.webexconnect.com/photos/u018.jpg")
    f.row("https://img27.webexconnect.com/photos/u019.jpg")
    f.row("https://img1.webexconnect.com/photos/u020.jpg")
    # One address, many spellings: each is 203.0.113.10.
    for spelling in [
        "3405803786", "0xCB.0.0x71.0xA", "0313.0.0161.012", "203.0.28938", "0xcb00710a",
        "２０３.０.１１３.１０", "203。0。113。10", "%32%30%33.0.113.10", "203.0.113.10.",
        "[::ffff:203.0.113.10]", "[::FFFF:CB00:710A]",
    ]:
        f.row(f"https://{spelling}/photos/spelled.jpg")
    # What stands around the host.
    f.row("HTTPS://203.0.113.10/Photos/U.JPG")
    f.row("https://203.0.113.10:443/photos/u.jpg")
    f.row("https://admin:s%40crt@203.0.113.10/photos/u.jpg")
    f.row("https://203.0.113.10@203.0.113.10/photos/u.jpg")
    f.row("https://203.0.113.10/p?host=203.0.113.10&u=a,b#203.0.113.10")
    f.row("https://203.0.113.10?v=1")
    f.row("https://203.0.113.10#top")
    f.row("https://203.0.113.10")
    f.row("https:\\\\203.0.113.10\\photos\\u.jpg")
    f.row("  https://203.0.113.10/photos/spaces.jpg  ")
    f.row("https://203.0.113.10/Avtr~V1~0f/V1~9c~1600")
    f.row('https://203.0.113.10/say"cheese".jpg')
    # Cells that stay as they are.
    f.row("")
    f.row("-")
    f.row("https://photos.example.org/u.jpg")
    f.row("https://203.0.113.10.example.org/u.jpg")
    f.row("ftp://203.0.113.10/u.jpg")
    f.row("data:image/png;base64,iVBORw0KGgo=")
    f.row("203.0.113.10/u.jpg")
    f.row("N/A")
    f.row("https://203.0.113.256/u.jpg")
    f.row("https://[2001:db8::13%25eth0]/u.jpg")
    f.row("https://ldap-photos/u.jpg")  # bare: only the map can say
    f.row("https://intranet/u.jpg")  # bare, and nobody says
    # Neighbours that a careless program destroys.
    f.row("https://203.0.113.10/u.jpg", displayName='Doe, "JD" Jane', jobTitle="Director, EMEA")
    f.row("https://203.0.113.10/u.jpg", address2="Reception\r\n2nd door, left\nring twice")
    f.row("https://203.0.113.10/u.jpg", jobTitle='19" rack', phoneBusinessNumber="+0041 44 000 00 07")
    f.row("https://203.0.113.10/u.jpg", employeeID="000000000000000000042", zipCode="00501")
    f.row("https://203.0.113.10/u.jpg", displayName='=HYPERLINK("http://203.0.113.10/","x")')
    f.row("https://203.0.113.10/u.jpg", displayName="@SUM(A1)", jobTitle="-1+2", city="+49")
    f.row("https://203.0.113.10/u.jpg", displayName="gnp.exe\u202egpj.\u200b", city="\u00a0Köln")
    f.row("https://203.0.113.10/u.jpg", address2="see https://203.0.113.10/help")
    # Lines that are not as RFC 4180 has them.
    f.raw("")
    plain = "900001,Bare,Quote,Q,bare.quote@corp.example.com,bq,19\" rack" + "," * 13
    f.raw(plain + "https://203.0.113.10/bare.jpg" + "," * 8)
    f.raw("900002,Short,Row,R,short@corp.example.com,short")
    f.raw("900003,Long,Row,R,long@corp.example.com,long" + "," * 14
          + "https://203.0.113.10/long.jpg" + "," * 8 + ",,,")
    f.raw("900004,Doe, Jane,Shifted,S,shift@corp.example.com,shifted" + "," * 14
          + "https://203.0.113.10/shifted.jpg" + "," * 8)
    f.raw("900005,Un,Decodable,U,undecodable@corp.example.com,un" + "," * 14
          + "https://203.0.113.10/\udcff\udcfe.jpg" + "," * 8)
    f.raw("900006,Latin\udce9,In,Neighbour,latin@corp.example.com,latin" + "," * 14
          + "https://203.0.113.10/latin.jpg" + "," * 8)
    # Certificates that are fine but for revocation.
    f.row("https://203.0.113.28/photos/revoked.jpg")  # its OCSP responder says so
    f.row("https://203.0.113.29/photos/unproved.jpg")  # its OCSP responder does not answer
    return "".join(f.lines).encode("utf-8", "surrogateescape")


SHORT = ["email", "userName", "displayName", "phoneMobileNumber", "userProfilePhotoURL", "employeeID"]


def few(f):
    """The rows of the smaller files: what is found, what is held, what stays."""
    f.header()
    for n, photo in enumerate([
        "https://203.0.113.10/photos/a.jpg", "https://203.0.113.11/photos/b.jpg",
        "https://203.0.113.12:8443/photos/c.jpg", "https://[2001:DB8:0::13]/photos/d.jpg",
        "https://0xcb00710a/photos/e.jpg", "https://２０３.0.113.10/photos/f.jpg",
        "https://203.0.113.14/photos/g.jpg", "https://203.0.113.18/photos/h.jpg",
        "https://203.0.113.24/photos/i.jpg", "https://ldap-photos/photos/j.jpg",
        "", "-", "https://c10.webexconnect.com/photos/k.jpg", "https://photos.example.org/l.jpg",
        "https://203.0.113.10/p?x=203.0.113.10", "http://203.0.113.25/m.jpg",
    ]):
        f.row(photo, displayName=["Doe; Jane", "佐藤, 太郎", 'A "B" C', "Tab\there"][n % 4])


def users_bom():
    """Comma, UTF-8 with BOM, LF, every field quoted, no final line end."""
    f = File(SHORT, ending="\n", quote_all=True)
    few(f)
    return b"\xef\xbb\xbf" + "".join(f.lines).removesuffix("\n").encode()


def users_unicode():
    """Tab, UTF-16LE with BOM, CRLF: what Excel's "Unicode Text" looks like."""
    f = File(SHORT, delimiter="\t")
    few(f)
    return b"\xff\xfe" + "".join(f.lines).encode("utf-16-le")


DIRECTORY = (
    "userSSOId,displayName,firstName,lastName,email,jobTitle,address1,address2,city,state,zip,country,"
    "phoneOffice,phoneCell,homeGroupSSOId,homeGroupName,businessUnit,userProfilePhotoURL,center,"
    "storageAllocated,CUCMClusterName,IMloggingEnable,EndPointName,TC"
).split(",")


def directory():
    """Headerless directory-integration file: 24 fields, ISO-8859-1, CRLF."""
    f = File(DIRECTORY)
    latin = ["Müller, Zoë", "Núñez, José", "Lefèvre, François", "Sørensen, Åse"]
    for n, photo in enumerate([
        "https://203.0.113.10/photos/a.jpg", "https://203.0.113.11/photos/b.jpg",
        "https://203.0.113.12:8443/photos/é.jpg", "https://[2001:db8::13]/photos/d.jpg",
        "https://203.0.113.20/photos/e.jpg", "https://203.0.113.24/photos/f.jpg", "", "-",
        "https://img1.webexconnect.com/g.jpg", "http://3405803801/photos/h.jpg",
    ]):
        last, first = latin[n % 4].split(", ")
        f.row(photo, displayName=latin[n % 4], firstName=first, lastName=last)
    return "".join(f.lines).encode("iso-8859-1")


MAP = """\
# What the administrator knows. ADDRESS,HOST or CIDR,HOST or LABEL,HOST; the longest prefix wins.
address,host
203.0.113.24,c24.webex.com     # found in the old deployment guide
203.0.113.240/28,c10.webexconnect.com
ldap-photos,c10.webexconnect.com
"""


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    for name, data in [
        ("users.csv", users()), ("users-bom.csv", users_bom()),
        ("users-unicode.txt", users_unicode()), ("userFile_2026-11-20_1.csv", directory()),
        ("map.csv", MAP.encode()),
    ]:
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
